/** Dragging the handles of boxes. Nothing in this file may read editor state. */
import { boxFromPoints, imageBox } from "../geometry/box";
import type { Box, Size, Vec } from "../geometry/types";
import { clamp, rotate, vec } from "../geometry/vec";

/** Compass names of the eight handles of a box. */
export type BoxHandle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

export const BOX_HANDLES: readonly BoxHandle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export const isBoxHandle = (id: string): id is BoxHandle =>
  (BOX_HANDLES as readonly string[]).includes(id);

const movesX = (handle: BoxHandle): -1 | 0 | 1 =>
  handle.includes("w") ? -1 : handle.includes("e") ? 1 : 0;
const movesY = (handle: BoxHandle): -1 | 0 | 1 =>
  handle.startsWith("n") ? -1 : handle.startsWith("s") ? 1 : 0;

export const boxHandlePoint = (box: Box, handle: BoxHandle): Vec => ({
  x: box.x + (box.w * (movesX(handle) + 1)) / 2,
  y: box.y + (box.h * (movesY(handle) + 1)) / 2,
});

/**
 * The box after `handle` was dragged to `to`; it flips over when dragged past the opposite side.
 * `keepRatio` keeps the proportions for corner handles.
 */
export function resizeBox(box: Box, handle: BoxHandle, to: Vec, keepRatio = false): Box {
  const sx = movesX(handle);
  const sy = movesY(handle);
  const fixed = vec(sx < 0 ? box.x + box.w : box.x, sy < 0 ? box.y + box.h : box.y);
  let x = sx === 0 ? box.x + box.w : to.x;
  let y = sy === 0 ? box.y + box.h : to.y;
  if (keepRatio && sx !== 0 && sy !== 0 && box.w > 0 && box.h > 0) {
    const factor = Math.max(Math.abs(x - fixed.x) / box.w, Math.abs(y - fixed.y) / box.h);
    x = fixed.x + Math.sign(x - fixed.x || sx) * box.w * factor;
    y = fixed.y + Math.sign(y - fixed.y || sy) * box.h * factor;
  }
  return boxFromPoints(fixed, vec(x, y));
}

/** The same for a box turned by `angle` degrees: the opposite side stays in place on the picture. */
export function resizeRotated(
  g: {
    readonly cx: number;
    readonly cy: number;
    readonly w: number;
    readonly h: number;
    readonly angle: number;
  },
  handle: BoxHandle,
  to: Vec,
  keepRatio = false,
): { cx: number; cy: number; w: number; h: number } {
  const centre = vec(g.cx, g.cy);
  const local = rotate(to, centre, -g.angle);
  const box = resizeBox(
    { x: g.cx - g.w / 2, y: g.cy - g.h / 2, w: g.w, h: g.h },
    handle,
    local,
    keepRatio,
  );
  const moved = rotate(vec(box.x + box.w / 2, box.y + box.h / 2), centre, g.angle);
  return { cx: moved.x, cy: moved.y, w: box.w, h: box.h };
}

/** The part of the box inside the image, as a plain box; may have no extent. */
export function clipBox(box: Box, size: Size): Box {
  const image = imageBox(size);
  const x = clamp(box.x, image.x, image.w);
  const y = clamp(box.y, image.y, image.h);
  return { x, y, w: clamp(box.x + box.w, 0, image.w) - x, h: clamp(box.y + box.h, 0, image.h) - y };
}

/** Angle in degrees clockwise from "up" of `p` as seen from `centre`, in (-180, 180]. */
export function angleFromUp(centre: Vec, p: Vec): number {
  const degrees = (Math.atan2(p.y - centre.y, p.x - centre.x) * 180) / Math.PI + 90;
  return degrees > 180 ? degrees - 360 : degrees;
}
