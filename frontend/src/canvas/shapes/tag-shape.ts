import type { TagGeometry } from "../geometry/types";
import { expectKind, noVertices, type ShapeUtil } from "./shape-util";

/** A class of the whole image: it has no place, is never hit and never drawn. */
export const tagShape: ShapeUtil<TagGeometry> = {
  ...noVertices,
  kind: "tag",
  bounds: () => null,
  area: () => 0,
  contains: () => false,
  nearestEdge: () => null,
  handles: () => [],
  dragHandle: (g) => g,
  translate: (g) => g,
  finish: (g) => g,
  draw: () => undefined,
  toJson: () => ({ type: "tag" }),
  fromJson: (wire) => expectKind(wire, "tag"),
};
