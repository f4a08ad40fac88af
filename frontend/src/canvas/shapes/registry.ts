/** Geometry kind → shape util. The only place that lists the kinds. */
import type { Geometry, GeometryKind } from "../geometry/types";
import type { WireGeometry } from "../geometry/wire";
import { boxShape } from "./box-shape";
import { ellipseShape } from "./ellipse-shape";
import { keypointsShape } from "./keypoints-shape";
import { maskShape } from "./mask-shape";
import { pointsShape } from "./points-shape";
import { polygonShape } from "./polygon-shape";
import { polylineShape } from "./polyline-shape";
import { rotatedBoxShape } from "./rotated-box-shape";
import { GeometryError, type ShapeUtil } from "./shape-util";
import { tagShape } from "./tag-shape";

const UTILS: Readonly<Record<GeometryKind, ShapeUtil>> = {
  box: boxShape,
  rotated_box: rotatedBoxShape,
  polygon: polygonShape,
  polyline: polylineShape,
  points: pointsShape,
  keypoints: keypointsShape,
  ellipse: ellipseShape,
  mask: maskShape,
  tag: tagShape,
};

export const shapeUtil = (g: Geometry): ShapeUtil => UTILS[g.type];

export const geometryToJson = (g: Geometry): WireGeometry => shapeUtil(g).toJson(g);

/** Throws a GeometryError when the geometry is of an unknown kind or makes no shape. */
export function geometryFromJson(wire: WireGeometry): Geometry {
  const util: ShapeUtil | undefined = UTILS[wire.type];
  if (util === undefined)
    throw new GeometryError(`This version cannot draw shapes of kind "${String(wire.type)}".`);
  return util.fromJson(wire);
}
