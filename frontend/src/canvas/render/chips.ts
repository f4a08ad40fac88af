/** Small labels with text on a coloured ground, in device pixels. */
import type { Box } from "../geometry/types";
import { textOn } from "./paints";

const FONT = '"Inter Variable", Inter, system-ui, sans-serif';

export function chipFont(ratio: number): string {
  return `500 ${Math.round(11 * ratio)}px ${FONT}`;
}

/** Draws the chip with its bottom-left corner at (x, y), kept inside the canvas; returns the covered box. */
export function drawChip(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: { readonly x: number; readonly y: number },
  color: string,
  ratio: number,
): Box {
  ctx.font = chipFont(ratio);
  ctx.textBaseline = "middle";
  const padding = 5 * ratio;
  const height = Math.round(17 * ratio);
  const width = Math.ceil(ctx.measureText(text).width + 2 * padding);
  const x = Math.round(Math.min(Math.max(at.x, 0), Math.max(ctx.canvas.width - width, 0)));
  const y = Math.round(
    Math.min(Math.max(at.y - height, 0), Math.max(ctx.canvas.height - height, 0)),
  );
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, 4 * ratio);
  ctx.fill();
  ctx.fillStyle = textOn(color);
  ctx.fillText(text, x + padding, y + height / 2 + ratio * 0.5);
  return { x, y, w: width, h: height };
}
