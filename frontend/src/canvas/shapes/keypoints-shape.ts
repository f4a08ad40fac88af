import { boundsOfPoints, clampPoint } from "../geometry/box";
import type { KeypointsGeometry, Vec } from "../geometry/types";
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

interface Keypoint extends Vec {
  readonly index: number;
  readonly visibility: number;
}

/** The points that have a place (v > 0). */
function labelled(g: KeypointsGeometry): Keypoint[] {
  const points: Keypoint[] = [];
  for (let i = 0; i + 2 < g.points.length; i += 3) {
    const visibility = g.points[i + 2] ?? 0;
    if (visibility > 0)
      points.push({ x: g.points[i] ?? 0, y: g.points[i + 1] ?? 0, index: i / 3, visibility });
  }
  return points;
}

const mapPoints = (
  g: KeypointsGeometry,
  change: (p: Vec, index: number) => Vec,
): KeypointsGeometry => {
  const points = g.points.slice();
  for (const point of labelled(g)) {
    const moved = change(point, point.index);
    points[3 * point.index] = moved.x;
    points[3 * point.index + 1] = moved.y;
  }
  return { type: "keypoints", points };
};

export const keypointsShape: ShapeUtil<KeypointsGeometry> = {
  ...noVertices,
  kind: "keypoints",
  bounds: (g) => boundsOfPoints(labelled(g).flatMap((p) => [p.x, p.y])),
  area: () => 0,
  contains: () => false,
  nearestEdge(g, p) {
    let best: EdgeHit | null = null;
    for (const point of labelled(g)) {
      const d = distance(p, point);
      if (best === null || d < best.distance) {
        best = { edge: `k:${point.index}`, distance: d, point, action: "move", cursor: "move" };
      }
    }
    return best;
  },
  handles: (g) =>
    labelled(g).map((point) => ({
      id: `k:${point.index}`,
      kind: "vertex",
      point,
      cursor: "pointer",
    })),
  dragHandle: (g, handle, to, { size }) =>
    mapPoints(g, (p, index) => (handle === `k:${index}` ? clampPoint(to, size) : p)),
  translate: (g, delta) => mapPoints(g, (p) => ({ x: p.x + delta.x, y: p.y + delta.y })),
  finish(g, size) {
    if (labelled(g).length === 0) return null;
    return mapPoints(g, (p) => ({
      x: roundCoordinate(clamp(p.x, 0, size.width)),
      y: roundCoordinate(clamp(p.y, 0, size.height)),
    }));
  },
  draw: (ctx, g, view) => drawDots(ctx, labelled(g), view),
  toJson: (g) => ({ type: "keypoints", points: g.points.slice() }),
  fromJson(wire) {
    const { points } = expectKind(wire, "keypoints");
    if (!Array.isArray(points) || points.length % 3 !== 0) {
      throw new GeometryError("The key points are not triples of x, y and visibility.");
    }
    requireFinite(points, "key points");
    return { type: "keypoints", points };
  },
};
