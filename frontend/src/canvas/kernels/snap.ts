/** Snapping of a point to what is near it. Nothing in this file may read editor state. */
import type { Size, Vec } from "../geometry/types";
import { distance, nearestOnSegment } from "../geometry/vec";

export interface SnapTargets {
  readonly image: Size;
  readonly vertices: readonly Vec[];
  readonly segments: readonly (readonly [Vec, Vec])[];
}

export interface Snapped {
  readonly point: Vec;
  readonly to: "vertex" | "edge" | "border" | null;
}

/** Vertices win over edges, edges over the image border; `tolerance` in image pixels. */
export function snapPoint(p: Vec, targets: SnapTargets, tolerance: number): Snapped {
  const vertex = nearest(p, targets.vertices, tolerance);
  if (vertex !== null) return { point: vertex, to: "vertex" };
  const onSegments = targets.segments.map(([a, b]) => nearestOnSegment(p, a, b));
  const edge = nearest(p, onSegments, tolerance);
  if (edge !== null) return { point: edge, to: "edge" };
  const border = {
    x: snapValue(p.x, 0, targets.image.width, tolerance),
    y: snapValue(p.y, 0, targets.image.height, tolerance),
  };
  const moved = border.x !== p.x || border.y !== p.y;
  return { point: border, to: moved ? "border" : null };
}

function nearest(p: Vec, candidates: readonly Vec[], tolerance: number): Vec | null {
  let best: Vec | null = null;
  let least = tolerance;
  for (const candidate of candidates) {
    const d = distance(p, candidate);
    if (d <= least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

function snapValue(value: number, low: number, high: number, tolerance: number): number {
  if (Math.abs(value - low) <= tolerance) return low;
  if (Math.abs(value - high) <= tolerance) return high;
  return value;
}
