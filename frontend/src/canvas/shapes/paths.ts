/** Tracing of flat points to a device-pixel path, with level of detail. */

import type { FlatPoints, Vec } from "../geometry/types";
import { simplifyLine, simplifyRing } from "../kernels/simplify";
import type { DrawView } from "./shape-util";

/** Radius of a drawn point in device pixels. */
const RADIUS = 4;
/** Below this many numbers a line is drawn as it is. */
const DETAIL_FROM = 32;

const detailCache = new WeakMap<FlatPoints, Map<number, FlatPoints>>();

/** The points with what cannot be seen at this scale left out (within half a device pixel); cached per power of two. */
export function detailFor(points: FlatPoints, scale: number, closed: boolean): FlatPoints {
  if (points.length < DETAIL_FROM || scale >= 4) return points;
  const level = Math.ceil(Math.log2(scale));
  let levels = detailCache.get(points);
  if (levels === undefined) {
    levels = new Map();
    detailCache.set(points, levels);
  }
  let detail = levels.get(level);
  if (detail === undefined) {
    const tolerance = 0.5 / 2 ** level;
    detail = closed ? simplifyRing(points, tolerance) : simplifyLine(points, tolerance);
    levels.set(level, detail);
  }
  return detail;
}

/** Appends the points to the current path. */
export function tracePoints(
  ctx: Pick<CanvasRenderingContext2D, "moveTo" | "lineTo" | "closePath">,
  points: FlatPoints,
  view: Pick<DrawView, "scale" | "dx" | "dy">,
  closed: boolean,
): void {
  const detail = detailFor(points, view.scale, closed);
  for (let i = 0; i + 1 < detail.length; i += 2) {
    const x = (detail[i] ?? 0) * view.scale + view.dx;
    const y = (detail[i + 1] ?? 0) * view.scale + view.dy;
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
  if (closed) ctx.closePath();
}

/** A small circle around every point. */
export function drawDots(
  ctx: Pick<CanvasRenderingContext2D, "beginPath" | "arc" | "stroke">,
  points: Iterable<Vec>,
  view: Pick<DrawView, "scale" | "dx" | "dy">,
): void {
  for (const { x, y } of points) {
    ctx.beginPath();
    ctx.arc(x * view.scale + view.dx, y * view.scale + view.dy, RADIUS, 0, 2 * Math.PI);
    ctx.stroke();
  }
}
