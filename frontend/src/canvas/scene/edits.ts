/** What commands change, as values: each function takes records and gives the change to commit. */
import { clampMove, unionBoxes } from "../geometry/box";
import { masksEqual } from "../geometry/mask";
import type { Geometry, Size, Vec } from "../geometry/types";
import { shapeUtil } from "../shapes/registry";
import type { Change } from "./document";
import type { ShapeRecord } from "./records";
import { annotationFrom } from "./suggestions";

export interface EditTools {
  readonly size: Size;
  readonly newId: () => string;
  readonly nextZ: () => number;
}

/** A change and which ids replaced which: a suggestion that is edited becomes an annotation with an id of its own. */
export interface Edit {
  readonly change: Change;
  readonly replaced: ReadonlyMap<string, string>;
}

/** Annotations get the edit, suggestions are turned into edited annotations. */
export function editRecords(
  records: readonly ShapeRecord[],
  edit: (record: ShapeRecord) => { readonly geometry?: Geometry; readonly label?: number } | null,
  tools: EditTools,
): Edit {
  const add: ShapeRecord[] = [];
  const update: ShapeRecord[] = [];
  const replaced = new Map<string, string>();
  for (const record of records) {
    const changed = edit(record);
    if (changed === null) continue;
    if (record.prediction) {
      const annotation = annotationFrom(record, tools.newId(), tools.nextZ(), changed);
      add.push(annotation);
      replaced.set(record.id, annotation.id);
    } else {
      const source = record.source === "prediction" ? "prediction_edited" : record.source;
      update.push({ ...record, ...changed, source });
    }
  }
  return { change: { add, update }, replaced };
}

/** The geometry as it may be stored, or null when that is nothing or nothing new. */
export function finished(record: ShapeRecord, geometry: Geometry, size: Size): Geometry | null {
  const result = shapeUtil(geometry).finish(geometry, size);
  return result === null || sameGeometry(result, record.geometry) ? null : result;
}

function sameGeometry(a: Geometry, b: Geometry): boolean {
  if (a.type === "mask" && b.type === "mask") return masksEqual(a.mask, b.mask);
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The move that keeps all of the records inside the image. */
export function allowedMove(records: readonly ShapeRecord[], delta: Vec, size: Size): Vec {
  const bounds = unionBoxes(records.flatMap((r) => shapeUtil(r.geometry).bounds(r.geometry) ?? []));
  return bounds === null ? delta : clampMove(bounds, delta, size);
}
