/** Rings and polygons with holes over flat coordinates. */
import { boundsOfPoints, unionBoxes } from "./box";
import type { Box, FlatPoints, PolygonPart, Vec } from "./types";
import { distance, nearestOnSegment } from "./vec";

export const pointCount = (points: FlatPoints): number => points.length >> 1;

/** The i-th point; i counts from the end when negative and wraps around. */
export function pointAt(points: FlatPoints, index: number): Vec {
  const count = pointCount(points);
  const i = ((index % count) + count) % count;
  return { x: points[2 * i] ?? 0, y: points[2 * i + 1] ?? 0 };
}

/** Shoelace formula; positive when the ring runs clockwise on screen (y down). */
export function signedRingArea(ring: FlatPoints): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    sum += (ring[i] ?? 0) * (ring[j + 1] ?? 0) - (ring[j] ?? 0) * (ring[i + 1] ?? 0);
  }
  return sum / 2;
}

export const ringArea = (ring: FlatPoints): number => Math.abs(signedRingArea(ring));

/** Outer rings minus their holes, in square pixels. */
export function partsArea(parts: readonly PolygonPart[]): number {
  let area = 0;
  for (const part of parts) {
    area += ringArea(part.outer);
    for (const hole of part.holes) area -= ringArea(hole);
  }
  return area;
}

/** Even–odd rule. */
export function ringContains(ring: FlatPoints, p: Vec): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const yi = ring[i + 1] ?? 0;
    const yj = ring[j + 1] ?? 0;
    if (yi > p.y === yj > p.y) continue;
    const xi = ring[i] ?? 0;
    const xj = ring[j] ?? 0;
    if (p.x < ((xj - xi) * (p.y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export const partsContain = (parts: readonly PolygonPart[], p: Vec): boolean =>
  parts.some(
    (part) => ringContains(part.outer, p) && !part.holes.some((hole) => ringContains(hole, p)),
  );

export const partsBounds = (parts: readonly PolygonPart[]): Box | null =>
  unionBoxes(parts.flatMap((part) => boundsOfPoints(part.outer) ?? []));

export interface NearestEdge {
  /** Index of the edge's first point. */
  readonly index: number;
  readonly distance: number;
  readonly point: Vec;
}

/** The edge nearest to p; `closed` adds the edge from the last point to the first. Null with fewer than two points. */
export function nearestEdge(points: FlatPoints, p: Vec, closed: boolean): NearestEdge | null {
  const count = pointCount(points);
  if (count < 2) return null;
  let best: NearestEdge | null = null;
  const edges = closed ? count : count - 1;
  for (let index = 0; index < edges; index += 1) {
    const point = nearestOnSegment(p, pointAt(points, index), pointAt(points, index + 1));
    const d = distance(p, point);
    if (best === null || d < best.distance) best = { index, distance: d, point };
  }
  return best;
}

export const translatePoints = (points: FlatPoints, delta: Vec): number[] =>
  points.map((value, i) => value + (i % 2 === 0 ? delta.x : delta.y));

export function polylineLength(points: FlatPoints): number {
  let length = 0;
  for (let i = 0; i + 1 < pointCount(points); i += 1)
    length += distance(pointAt(points, i), pointAt(points, i + 1));
  return length;
}
