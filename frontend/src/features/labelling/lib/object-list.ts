/** Rows of the object list: the accessible twin of the canvas. */
import type { ShapeRecord } from "@/canvas/scene/records";
import { shapeUtil } from "@/canvas/shapes/registry";

export type ObjectOrder = "drawn" | "class" | "size" | "score";

/** Width × height of the bounds in image pixels; 0 for what has no place. */
export function areaOf(record: ShapeRecord): number {
  const bounds = shapeUtil(record.geometry).bounds(record.geometry);
  return bounds === null ? 0 : bounds.w * bounds.h;
}

/** "120 × 48 px", or what the shape is when it has no extent. */
export function sizeText(record: ShapeRecord): string {
  const bounds = shapeUtil(record.geometry).bounds(record.geometry);
  return bounds === null ? "Whole image" : `${Math.round(bounds.w)} × ${Math.round(bounds.h)} px`;
}

const KIND_NAMES: Readonly<Record<ShapeRecord["geometry"]["type"], string>> = {
  box: "Box",
  rotated_box: "Rotated box",
  polygon: "Polygon",
  polyline: "Line",
  points: "Points",
  keypoints: "Keypoints",
  ellipse: "Ellipse",
  mask: "Mask",
  tag: "Tag",
};

export const kindName = (record: ShapeRecord): string => KIND_NAMES[record.geometry.type];

interface Sight {
  readonly order: ObjectOrder;
  readonly search: string;
  readonly nameOf: (label: number) => string;
}

const COMPARE: Readonly<
  Record<ObjectOrder, (sight: Sight) => (a: ShapeRecord, b: ShapeRecord) => number>
> = {
  // The newest on top: that is the one a person has just drawn.
  drawn: () => (a, b) => b.zOrder - a.zOrder,
  class:
    ({ nameOf }) =>
    (a, b) =>
      nameOf(a.label).localeCompare(nameOf(b.label)) || b.zOrder - a.zOrder,
  size: () => (a, b) => areaOf(b) - areaOf(a),
  score: () => (a, b) => (a.score ?? 2) - (b.score ?? 2) || b.zOrder - a.zOrder,
};

export function objectRows(shapes: readonly ShapeRecord[], sight: Sight): ShapeRecord[] {
  const wanted = sight.search.trim().toLowerCase();
  return shapes
    .filter((record) => record.geometry.type !== "tag")
    .filter((record) => sight.nameOf(record.label).toLowerCase().includes(wanted))
    .sort(COMPARE[sight.order](sight));
}

/** How many shapes each class has. */
export function countByLabel(shapes: readonly ShapeRecord[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { label } of shapes) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
