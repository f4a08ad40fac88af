/** Small labels with text on a coloured ground, in device pixels. */
import type { Box } from "../geometry/types";
import { clamp } from "../geometry/vec";
import { textOn } from "./paints";

/** Left and right of the text, in CSS pixels. */
const PADDING = 5;
const FONT = '"Inter Variable", Inter, system-ui, sans-serif';

export function chipFont(ratio: number): string {
  return `500 ${Math.round(11 * ratio)}px ${FONT}`;
}

/** Where a chip with its bottom-left corner at (x, y) goes, kept inside the canvas. */
export function chipBox(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: { readonly x: number; readonly y: number },
  ratio: number,
): Box {
  ctx.font = chipFont(ratio);
  const h = Math.round(17 * ratio);
  const w = Math.ceil(ctx.measureText(text).width + 2 * PADDING * ratio);
  return {
    x: Math.round(clamp(at.x, 0, ctx.canvas.width - w)),
    y: Math.round(clamp(at.y - h, 0, ctx.canvas.height - h)),
    w,
    h,
  };
}

/** Draws the chip and returns the covered box. */
export function drawChip(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: { readonly x: number; readonly y: number },
  color: string,
  ratio: number,
): Box {
  const box = chipBox(ctx, text, at, ratio);
  ctx.textBaseline = "middle";
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.w, box.h, 4 * ratio);
  ctx.fill();
  ctx.fillStyle = textOn(color);
  ctx.fillText(text, box.x + PADDING * ratio, box.y + box.h / 2 + ratio * 0.5);
  return box;
}
