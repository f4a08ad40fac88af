/** Rasterising brush strokes to pixel spans. Nothing in this file may read editor state. */
import type { Box, Vec } from "../geometry/types";

/** Receives pixels x0 … x1 (inclusive) of row y. */
export type SpanSink = (y: number, x0: number, x1: number) => void;

/**
 * Where a brush of `size` pixels sits for a pointer at p: odd sizes on a pixel centre, even ones on a corner,
 * so that the footprint is symmetric and size 1 is exactly one pixel.
 */
export function brushCentre(p: Vec, size: number): Vec {
  return size % 2 === 1
    ? { x: Math.floor(p.x) + 0.5, y: Math.floor(p.y) + 0.5 }
    : { x: Math.round(p.x), y: Math.round(p.y) };
}

/** The pixels that a stroke from a to b may touch, as a box of whole pixels. */
export function strokeBounds(a: Vec, b: Vec, size: number): Box {
  const r = size / 2 + 1;
  const x = Math.floor(Math.min(a.x, b.x) - r);
  const y = Math.floor(Math.min(a.y, b.y) - r);
  return {
    x,
    y,
    w: Math.ceil(Math.max(a.x, b.x) + r) - x,
    h: Math.ceil(Math.max(a.y, b.y) + r) - y,
  };
}

/** A round brush of `size` pixels drawn from a to b (image coordinates); spans are disjoint per row. */
export function strokeSpans(a: Vec, b: Vec, size: number, sink: SpanSink): void {
  const from = brushCentre(a, size);
  const to = brushCentre(b, size);
  if (size <= 1) thinLine(from, to, sink);
  else capsule(from, to, size / 2, sink);
}

/** Bresenham's line between two pixels: 8-connected, one pixel thick. */
function thinLine(a: Vec, b: Vec, sink: SpanSink): void {
  let x = Math.floor(a.x);
  let y = Math.floor(a.y);
  const endX = Math.floor(b.x);
  const endY = Math.floor(b.y);
  const dx = Math.abs(endX - x);
  const dy = -Math.abs(endY - y);
  const stepX = x < endX ? 1 : -1;
  const stepY = y < endY ? 1 : -1;
  let error = dx + dy;
  for (;;) {
    sink(y, x, x);
    if (x === endX && y === endY) return;
    const twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x += stepX;
    }
    if (twice <= dx) {
      error += dx;
      y += stepY;
    }
  }
}

/** All pixels whose centre is within `r` of the segment. A capsule is convex: one span per row. */
function capsule(a: Vec, b: Vec, r: number, sink: SpanSink): void {
  const top = Math.ceil(Math.min(a.y, b.y) - r - 0.5);
  const bottom = Math.floor(Math.max(a.y, b.y) + r - 0.5);
  for (let row = top; row <= bottom; row += 1) {
    const span = capsuleRow(a, b, r, row + 0.5);
    if (span === null) continue;
    // The tolerance keeps pixels that touch the rim exactly, whatever the rounding of the square roots.
    const x0 = Math.ceil(span[0] - 0.5 - 1e-9);
    const x1 = Math.floor(span[1] - 0.5 + 1e-9);
    if (x1 >= x0) sink(row, x0, x1);
  }
}

/** The interval of the horizontal line at y inside the capsule: union of two discs and the slanted band between. */
function capsuleRow(a: Vec, b: Vec, r: number, y: number): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const include = (x0: number, x1: number): void => {
    low = Math.min(low, x0);
    high = Math.max(high, x1);
  };
  for (const end of [a, b]) {
    const half2 = r * r - (y - end.y) ** 2;
    if (half2 >= -1e-9)
      include(end.x - Math.sqrt(Math.max(half2, 0)), end.x + Math.sqrt(Math.max(half2, 0)));
  }
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy);
  if (length > 0) {
    const nx = (-dy / length) * r;
    const ny = (dx / length) * r;
    const corners: [number, number][] = [
      [a.x + nx, a.y + ny],
      [b.x + nx, b.y + ny],
      [b.x - nx, b.y - ny],
      [a.x - nx, a.y - ny],
    ];
    corners.forEach(([x0, y0], i) => {
      const [x1, y1] = corners[(i + 1) % 4] ?? [x0, y0];
      if (y0 === y1 || y < Math.min(y0, y1) || y > Math.max(y0, y1)) return;
      const x = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
      include(x, x);
    });
  }
  return low <= high ? [low, high] : null;
}
