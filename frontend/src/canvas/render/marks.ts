/** Marks of the overlay that belong to no shape, in device pixels. Each returns the boxes it painted on. */
import type { Box, Size, Vec } from "../geometry/types";
import { OVERLAY } from "./paints";

type Context = CanvasRenderingContext2D;

const around = (p: Vec, r: number): Box => ({ x: p.x - r, y: p.y - r, w: 2 * r, h: 2 * r });

/** The dashed rectangle that selects. */
export function drawMarquee(ctx: Context, box: Box, ratio: number): Box[] {
  const x = Math.round(box.x) + 0.5;
  const y = Math.round(box.y) + 0.5;
  const w = Math.round(box.w);
  const h = Math.round(box.h);
  ctx.fillStyle = OVERLAY.marqueeFill;
  ctx.fillRect(x, y, w, h);
  ctx.strokeStyle = OVERLAY.marquee;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.strokeRect(x, y, w, h);
  return [{ x, y, w, h }];
}

/** Lines through p over the whole viewport, light on dark: seen on any picture. */
export function drawCrosshair(ctx: Context, p: Vec, { width, height }: Size): Box[] {
  const x = Math.round(p.x);
  const y = Math.round(p.y);
  ctx.fillStyle = OVERLAY.crosshairCasing;
  ctx.fillRect(x - 1, 0, 3, height);
  ctx.fillRect(0, y - 1, width, 3);
  ctx.fillStyle = OVERLAY.crosshair;
  ctx.fillRect(x, 0, 1, height);
  ctx.fillRect(0, y, width, 1);
  return [
    { x: x - 1, y: 0, w: 3, h: height },
    { x: 0, y: y - 1, w: width, h: 3 },
  ];
}

/** The footprint of the brush; never so small that it is lost. */
export function drawBrushRing(ctx: Context, centre: Vec, radius: number, ratio: number): Box[] {
  const r = Math.max(radius, 1.5 * ratio);
  ctx.setLineDash([]);
  const strokes = [
    { color: OVERLAY.crosshairCasing, width: 3 },
    { color: OVERLAY.handle, width: 1 },
  ];
  for (const { color, width } of strokes) {
    ctx.strokeStyle = color;
    ctx.lineWidth = width * ratio;
    ctx.beginPath();
    ctx.arc(centre.x, centre.y, r, 0, 2 * Math.PI);
    ctx.stroke();
  }
  return [around(centre, r)];
}

/** Where snapping took the pointer. */
export function drawSnap(ctx: Context, p: Vec, ratio: number): Box[] {
  const r = 5 * ratio;
  ctx.setLineDash([]);
  ctx.strokeStyle = OVERLAY.snap;
  ctx.lineWidth = 1.5 * ratio;
  ctx.beginPath();
  ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
  ctx.stroke();
  return [around(p, r)];
}

/** One handle: squares resize, circles turn or are vertices; the one under the pointer is larger and filled. */
export function drawHandle(
  ctx: Context,
  p: Vec,
  kind: "resize" | "rotate" | "vertex",
  active: boolean,
  ratio: number,
): Box[] {
  const side = Math.round((kind === "vertex" ? 7 : 8) * ratio) + (active ? 2 * ratio : 0);
  const x = Math.round(p.x - side / 2) + 0.5;
  const y = Math.round(p.y - side / 2) + 0.5;
  ctx.setLineDash([]);
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.fillStyle = active ? OVERLAY.marquee : OVERLAY.handle;
  ctx.strokeStyle = active ? OVERLAY.handle : OVERLAY.handleEdge;
  ctx.beginPath();
  if (kind === "resize") ctx.rect(x, y, side, side);
  else ctx.arc(x + side / 2, y + side / 2, side / 2, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
  return [{ x, y, w: side, h: side }];
}
