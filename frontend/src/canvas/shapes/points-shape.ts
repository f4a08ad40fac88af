import { boundsOfPoints, clampPoint } from "../geometry/box";
import { pointAt, pointCount, translatePoints } from "../geometry/polygon";
import type { FlatPoints, PointsGeometry } from "../geometry/types";
import { clamp, distance, roundCoordinate } from "../geometry/vec";
import { drawDots } from "./paths";
import {
  type EdgeHit,
  expectKind,
  GeometryError,
  noVertices,
  requireFinite,
  type ShapeUtil,
} from "./shape-util";
import { removePoint, replacePoint } from "./vertices";

const indexOf = (id: string): number | null => {
  const match = /^p:(\d+)$/.exec(id);
  return match === null ? null : Number(match[1]);
};

const withPoints = (points: FlatPoints): PointsGeometry => ({ type: "points", points });

const places = (g: PointsGeometry) =>
  Array.from({ length: pointCount(g.points) }, (_, i) => pointAt(g.points, i));

/** Loose points: one object, no order, no lines between them. */
export const pointsShape: ShapeUtil<PointsGeometry> = {
  ...noVertices,
  kind: "points",
  bounds: (g) => boundsOfPoints(g.points),
  area: () => 0,
  contains: () => false,
  nearestEdge(g, p) {
    let best: EdgeHit | null = null;
    for (const [index, point] of places(g).entries()) {
      const d = distance(p, point);
      if (best === null || d < best.distance) {
        best = { edge: `p:${index}`, distance: d, point, action: "move", cursor: "move" };
      }
    }
    return best;
  },
  handles: (g) =>
    places(g).map((point, i) => ({ id: `p:${i}`, kind: "vertex", point, cursor: "pointer" })),
  dragHandle(g, handle, to, { size }) {
    const index = indexOf(handle);
    return index === null ? g : withPoints(replacePoint(g.points, index, clampPoint(to, size)));
  },
  removeVertex(g, handle) {
    const index = indexOf(handle);
    return index === null || pointCount(g.points) <= 1
      ? null
      : withPoints(removePoint(g.points, index));
  },
  translate: (g, delta) => withPoints(translatePoints(g.points, delta)),
  finish(g, size) {
    if (pointCount(g.points) === 0) return null;
    const inside = places(g).flatMap((p) => [
      roundCoordinate(clamp(p.x, 0, size.width)),
      roundCoordinate(clamp(p.y, 0, size.height)),
    ]);
    return withPoints(inside);
  },
  draw: (ctx, g, view) => drawDots(ctx, places(g), view),
  toJson: (g) => ({ type: "points", points: g.points.slice() }),
  fromJson(wire) {
    const { points } = expectKind(wire, "points");
    if (!Array.isArray(points) || points.length < 2 || points.length % 2 !== 0) {
      throw new GeometryError("The points are not pairs of x and y.");
    }
    requireFinite(points, "points");
    return withPoints(points);
  },
};
