/** Axis-parallel boxes as immutable values. */
import type { Box, Size, Vec } from "./types";
import { clamp } from "./vec";

/** The box spanned by two opposite corners, in any order. */
export const boxFromPoints = (a: Vec, b: Vec): Box => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  w: Math.abs(a.x - b.x),
  h: Math.abs(a.y - b.y),
});

export const boxArea = (box: Box): number => box.w * box.h;

export const boxCentre = (box: Box): Vec => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });

export const containsPoint = (box: Box, p: Vec): boolean =>
  p.x >= box.x && p.x <= box.x + box.w && p.y >= box.y && p.y <= box.y + box.h;

export const containsBox = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.w <= outer.x + outer.w &&
  inner.y + inner.h <= outer.y + outer.h;

export const boxesTouch = (a: Box, b: Box): boolean =>
  a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;

export const expandBox = (box: Box, by: number): Box => ({
  x: box.x - by,
  y: box.y - by,
  w: box.w + 2 * by,
  h: box.h + 2 * by,
});

export function unionBox(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** The smallest box around all of them, or null for none. */
export function unionBoxes(boxes: Iterable<Box>): Box | null {
  let union: Box | null = null;
  for (const box of boxes) union = union === null ? box : unionBox(union, box);
  return union;
}

/** The shared part, or null when they do not overlap. */
export function intersectBoxes(a: Box, b: Box): Box | null {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const w = Math.min(a.x + a.w, b.x + b.w) - x;
  const h = Math.min(a.y + a.h, b.y + b.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

/** Intersection over union; 0 when both are empty. */
export function boxIou(a: Box, b: Box): number {
  const shared = intersectBoxes(a, b);
  const inter = shared === null ? 0 : boxArea(shared);
  const union = boxArea(a) + boxArea(b) - inter;
  return union > 0 ? inter / union : 0;
}

export const imageBox = (size: Size): Box => ({ x: 0, y: 0, w: size.width, h: size.height });

export const clampPoint = (p: Vec, size: Size): Vec => ({
  x: clamp(p.x, 0, size.width),
  y: clamp(p.y, 0, size.height),
});

/** Shortens a move so that `box` does not leave the image; a box that sticks out already may only come closer. */
export function clampMove(box: Box, delta: Vec, size: Size): Vec {
  const low = { x: Math.min(0, -box.x), y: Math.min(0, -box.y) };
  const high = {
    x: Math.max(0, size.width - box.x - box.w),
    y: Math.max(0, size.height - box.y - box.h),
  };
  return { x: clamp(delta.x, low.x, high.x), y: clamp(delta.y, low.y, high.y) };
}

/** The bounds of flat points x1, y1, …; `stride` 3 skips the visibility of key points. Null for no points. */
export function boundsOfPoints(points: readonly number[], stride = 2): Box | null {
  if (points.length < 2) return null;
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < points.length; i += stride) {
    const x = points[i] ?? 0;
    const y = points[i + 1] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}
