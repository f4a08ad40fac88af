/** Line simplification. Nothing in this file may read editor state. */
import { pointAt, pointCount } from "../geometry/polygon";
import type { FlatPoints } from "../geometry/types";
import { distance, nearestOnSegment } from "../geometry/vec";

/**
 * Douglas–Peucker on flat points (Douglas & Peucker 1973), iterative, so that long strokes cannot overflow the stack.
 * Keeps both ends; every dropped point lies within `tolerance` pixels of the result.
 */
export function simplifyLine(points: FlatPoints, tolerance: number): number[] {
  const count = pointCount(points);
  if (count <= 2 || tolerance <= 0) return points.slice();
  const keep = new Uint8Array(count);
  keep[0] = 1;
  keep[count - 1] = 1;
  const stack: [number, number][] = [[0, count - 1]];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    const [first, last] = range;
    const a = pointAt(points, first);
    const b = pointAt(points, last);
    let farthest = -1;
    let most = tolerance;
    for (let i = first + 1; i < last; i += 1) {
      const p = pointAt(points, i);
      const d = distance(p, nearestOnSegment(p, a, b));
      if (d > most) {
        most = d;
        farthest = i;
      }
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    stack.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, i) => keep[i >> 1] === 1);
}

/** The same for a closed ring: cut at the point farthest from the first, both halves simplified. Keeps ≥ 3 points. */
export function simplifyRing(ring: FlatPoints, tolerance: number): number[] {
  const count = pointCount(ring);
  if (count <= 3 || tolerance <= 0) return ring.slice();
  const origin = pointAt(ring, 0);
  let opposite = 0;
  for (let i = 1; i < count; i += 1) {
    if (distance(origin, pointAt(ring, i)) > distance(origin, pointAt(ring, opposite)))
      opposite = i;
  }
  const first = simplifyLine(ring.slice(0, 2 * opposite + 2), tolerance);
  const second = simplifyLine([...ring.slice(2 * opposite), origin.x, origin.y], tolerance);
  const result = [...first, ...second.slice(2, -2)];
  return result.length >= 6 ? result : ring.slice();
}
