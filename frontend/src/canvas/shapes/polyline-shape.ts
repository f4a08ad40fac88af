import { boundsOfPoints, clampPoint } from "../geometry/box";
import {
  nearestEdge,
  pointAt,
  pointCount,
  polylineLength,
  translatePoints,
} from "../geometry/polygon";
import type { PolylineGeometry } from "../geometry/types";
import { tracePoints } from "./paths";
import { expectKind, GeometryError, requireFinite, type ShapeUtil } from "./shape-util";
import { insertPoint, removePoint, replacePoint, tidyPoints } from "./vertices";

const indexOf = (id: string): number | null => {
  const match = /^[ve]:(\d+)$/.exec(id);
  return match === null ? null : Number(match[1]);
};

const withPoints = (points: readonly number[]): PolylineGeometry => ({ type: "polyline", points });

export const polylineShape: ShapeUtil<PolylineGeometry> = {
  kind: "polyline",
  bounds: (g) => boundsOfPoints(g.points),
  area: () => 0,
  contains: () => false,
  nearestEdge(g, p) {
    const hit = nearestEdge(g.points, p, false);
    return hit && { ...hit, edge: `e:${hit.index}`, action: "insert", cursor: "copy" };
  },
  handles: (g) =>
    Array.from({ length: pointCount(g.points) }, (_, i) => {
      return { id: `v:${i}`, kind: "vertex", point: pointAt(g.points, i), cursor: "pointer" };
    }),
  dragHandle(g, handle, to, { size }) {
    const index = indexOf(handle);
    return index === null ? g : withPoints(replacePoint(g.points, index, clampPoint(to, size)));
  },
  insertVertex(g, edge) {
    const index = indexOf(edge.edge);
    if (index === null) return null;
    return {
      geometry: withPoints(insertPoint(g.points, index, edge.point)),
      handle: `v:${index + 1}`,
    };
  },
  removeVertex(g, handle) {
    const index = indexOf(handle);
    return index === null || pointCount(g.points) <= 2
      ? null
      : withPoints(removePoint(g.points, index));
  },
  translate: (g, delta) => withPoints(translatePoints(g.points, delta)),
  finish(g, size) {
    const points = tidyPoints(g.points, size, false);
    return pointCount(points) >= 2 && polylineLength(points) > 0 ? withPoints(points) : null;
  },
  draw(ctx, g, view) {
    ctx.beginPath();
    tracePoints(ctx, g.points, view, false);
    ctx.stroke();
  },
  toJson: (g) => ({ type: "polyline", points: g.points.slice() }),
  fromJson(wire) {
    const { points } = expectKind(wire, "polyline");
    if (!Array.isArray(points) || points.length < 4 || points.length % 2 !== 0) {
      throw new GeometryError("The polyline has fewer than two points.");
    }
    requireFinite(points, "polyline");
    return withPoints(points);
  },
};
