/** Local diffs in the words of the save protocol. */
import type { WireAnnotation } from "../geometry/wire";
import type { SceneDiff } from "./diff";
import { recordToWire, type ShapeRecord } from "./records";

export type AnnotationPatch = Partial<
  Pick<WireAnnotation, "label" | "geometry" | "attributes" | "z_order" | "source">
>;

export type EditOperation =
  | { readonly kind: "create"; readonly id: string; readonly annotation: WireAnnotation }
  /** A deleted shape that the server knows comes back. */
  | {
      readonly kind: "restore";
      readonly id: string;
      readonly revision: number;
      readonly annotation: WireAnnotation;
    }
  | {
      readonly kind: "update";
      readonly id: string;
      /** The revision of the server that the change was made on; 0 when it has not answered yet. */
      readonly revision: number;
      readonly patch: AnnotationPatch;
      readonly annotation: WireAnnotation;
    }
  | { readonly kind: "delete"; readonly id: string; readonly revision: number };

/** Only what changed; an update that changes nothing for the server is left out. */
export function operationsOf(diff: SceneDiff): EditOperation[] {
  const operations: EditOperation[] = [];
  for (const [id, record] of diff.removed)
    operations.push({ kind: "delete", id, revision: record.revision });
  for (const [id, record] of diff.added) {
    const { revision } = record;
    const annotation = recordToWire(record);
    operations.push(
      revision > 0
        ? { kind: "restore", id, revision, annotation }
        : { kind: "create", id, annotation },
    );
  }
  for (const [id, { from, to }] of diff.updated) {
    const annotation = recordToWire(to);
    const patch = patchOf(from, to, annotation);
    if (Object.keys(patch).length > 0) {
      operations.push({ kind: "update", id, revision: to.revision, patch, annotation });
    }
  }
  return operations;
}

function patchOf(from: ShapeRecord, to: ShapeRecord, wire: WireAnnotation): AnnotationPatch {
  const patch: AnnotationPatch = {};
  if (from.label !== to.label) patch.label = wire.label;
  if (from.geometry !== to.geometry) patch.geometry = wire.geometry;
  if (from.attributes !== to.attributes) patch.attributes = wire.attributes;
  if (from.zOrder !== to.zOrder) patch.z_order = wire.z_order;
  if (from.source !== to.source) patch.source = wire.source;
  return patch;
}
