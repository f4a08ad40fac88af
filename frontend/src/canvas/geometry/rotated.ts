/** Rotated boxes and ellipses: corners, bounds, containment. */
import { boundsOfPoints } from "./box";
import type { Box, EllipseGeometry, RotatedBoxGeometry, Vec } from "./types";
import { rotate, vec } from "./vec";

/** Corners in the order top-left, top-right, bottom-right, bottom-left of the unrotated box. */
export function rotatedBoxCorners(
  g: Omit<RotatedBoxGeometry, "type">,
): readonly [Vec, Vec, Vec, Vec] {
  const centre = vec(g.cx, g.cy);
  const corner = (sx: number, sy: number): Vec =>
    rotate(vec(g.cx + (sx * g.w) / 2, g.cy + (sy * g.h) / 2), centre, g.angle);
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

export function rotatedBoxBounds(g: Omit<RotatedBoxGeometry, "type">): Box {
  const flat = rotatedBoxCorners(g).flatMap((p) => [p.x, p.y]);
  return boundsOfPoints(flat) ?? { x: g.cx, y: g.cy, w: 0, h: 0 };
}

export function rotatedBoxContains(g: RotatedBoxGeometry, p: Vec): boolean {
  const local = rotate(p, vec(g.cx, g.cy), -g.angle);
  return Math.abs(local.x - g.cx) <= g.w / 2 && Math.abs(local.y - g.cy) <= g.h / 2;
}

export const ellipseArea = (g: { readonly rx: number; readonly ry: number }): number =>
  Math.PI * g.rx * g.ry;

/** Exact bounds of a rotated ellipse: half extents √(rx²cos² + ry²sin²) and √(rx²sin² + ry²cos²). */
export function ellipseBounds(g: Omit<EllipseGeometry, "type">): Box {
  const radians = (g.rotation * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const halfW = Math.hypot(g.rx * cos, g.ry * sin);
  const halfH = Math.hypot(g.rx * sin, g.ry * cos);
  return { x: g.cx - halfW, y: g.cy - halfH, w: 2 * halfW, h: 2 * halfH };
}

export function ellipseContains(g: EllipseGeometry, p: Vec): boolean {
  if (g.rx <= 0 || g.ry <= 0) return false;
  const local = rotate(p, vec(g.cx, g.cy), -g.rotation);
  return ((local.x - g.cx) / g.rx) ** 2 + ((local.y - g.cy) / g.ry) ** 2 <= 1;
}

/** A polygon of `count` points on the ellipse, flat: for edge distances and for conversion. */
export function ellipsePoints(g: Omit<EllipseGeometry, "type">, count = 64): number[] {
  const points: number[] = [];
  const centre = vec(g.cx, g.cy);
  for (let i = 0; i < count; i += 1) {
    const t = (2 * Math.PI * i) / count;
    const p = rotate(vec(g.cx + g.rx * Math.cos(t), g.cy + g.ry * Math.sin(t)), centre, g.rotation);
    points.push(p.x, p.y);
  }
  return points;
}
