import { clampPoint } from "../geometry/box";
import { nearestEdge } from "../geometry/polygon";
import { rotatedBoxBounds, rotatedBoxContains, rotatedBoxCorners } from "../geometry/rotated";
import type { RotatedBoxGeometry, Vec } from "../geometry/types";
import { rotate, roundCoordinate, vec } from "../geometry/vec";
import { angleFromUp, type BoxHandle, isBoxHandle, resizeRotated } from "../kernels/resize";
import { cursorOf, handlesOfBox } from "./box-shape";
import { tracePoints } from "./paths";
import {
  type CursorName,
  expectKind,
  GeometryError,
  type Handle,
  noVertices,
  requireFinite,
  type ShapeUtil,
} from "./shape-util";

/** Distance of the turning handle from the upper side, in screen pixels. */
const ROTATE_OFFSET = 22;
const SIDES: readonly BoxHandle[] = ["n", "e", "s", "w"];
const AROUND: readonly CursorName[] = ["ns-resize", "nesw-resize", "ew-resize", "nwse-resize"];

/** The resize cursor that fits a handle on a shape turned by `angle` degrees. */
function turnedCursor(handle: BoxHandle, angle: number): CursorName {
  const steps = AROUND.indexOf(cursorOf(handle)) + Math.round(angle / 45);
  return AROUND[((steps % 4) + 4) % 4] ?? "default";
}

/** Resize handles of the turned frame and one handle to turn it; shared with the ellipse. */
export function handlesOfFrame(g: Omit<RotatedBoxGeometry, "type">, pixel: number): Handle[] {
  const centre = vec(g.cx, g.cy);
  const frame = { x: g.cx - g.w / 2, y: g.cy - g.h / 2, w: g.w, h: g.h };
  const handles = handlesOfBox(frame, pixel).map((handle) => ({
    ...handle,
    point: rotate(handle.point, centre, g.angle),
    cursor: isBoxHandle(handle.id) ? turnedCursor(handle.id, g.angle) : handle.cursor,
  }));
  const knob = rotate(vec(g.cx, frame.y - ROTATE_OFFSET * pixel), centre, g.angle);
  return [...handles, { id: "rotate", kind: "rotate", point: knob, cursor: "grab" }];
}

/** The angle after dragging the turning handle to `to`; Shift snaps to 15 degrees. */
export function draggedAngle(centre: Vec, to: Vec, constrain: boolean): number {
  const angle = angleFromUp(centre, to);
  return constrain ? Math.round(angle / 15) * 15 : angle;
}

const flatCorners = (g: RotatedBoxGeometry): number[] =>
  rotatedBoxCorners(g).flatMap((p) => [p.x, p.y]);

export const rotatedBoxShape: ShapeUtil<RotatedBoxGeometry> = {
  ...noVertices,
  kind: "rotated_box",
  bounds: rotatedBoxBounds,
  area: (g) => g.w * g.h,
  contains: rotatedBoxContains,
  nearestEdge(g, p) {
    const hit = nearestEdge(flatCorners(g), p, true);
    const side = SIDES[hit?.index ?? 0] ?? "n";
    return hit && { ...hit, edge: side, action: "resize", cursor: turnedCursor(side, g.angle) };
  },
  handles: handlesOfFrame,
  dragHandle(g, handle, to, { size, constrain }) {
    if (handle === "rotate") return { ...g, angle: draggedAngle(vec(g.cx, g.cy), to, constrain) };
    if (!isBoxHandle(handle)) return g;
    return { ...g, ...resizeRotated(g, handle, clampPoint(to, size), constrain) };
  },
  translate: (g, delta) => ({ ...g, cx: g.cx + delta.x, cy: g.cy + delta.y }),
  finish(g, size) {
    const centre = clampPoint(vec(g.cx, g.cy), size);
    const w = roundCoordinate(g.w);
    const h = roundCoordinate(g.h);
    if (w <= 0 || h <= 0) return null;
    const [cx, cy, angle] = [
      roundCoordinate(centre.x),
      roundCoordinate(centre.y),
      roundCoordinate(g.angle),
    ];
    return { type: "rotated_box", cx, cy, w, h, angle };
  },
  draw(ctx, g, view, paint) {
    ctx.beginPath();
    tracePoints(ctx, flatCorners(g), view, true);
    if (paint.fill !== null) ctx.fill();
    ctx.stroke();
  },
  toJson: ({ cx, cy, w, h, angle }) => ({ type: "rotated_box", cx, cy, w, h, angle }),
  fromJson(wire) {
    const { cx, cy, w, h, angle } = expectKind(wire, "rotated_box");
    requireFinite([cx, cy, w, h, angle], "rotated box");
    if (w < 0 || h < 0) throw new GeometryError("The rotated box has a negative extent.");
    return { type: "rotated_box", cx, cy, w, h, angle };
  },
};
