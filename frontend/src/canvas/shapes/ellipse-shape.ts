import { clampPoint } from "../geometry/box";
import { nearestEdge } from "../geometry/polygon";
import { ellipseArea, ellipseBounds, ellipseContains, ellipsePoints } from "../geometry/rotated";
import type { Box, EllipseGeometry } from "../geometry/types";
import { roundCoordinate, vec } from "../geometry/vec";
import { isBoxHandle, resizeRotated } from "../kernels/resize";
import { draggedAngle, handlesOfFrame } from "./rotated-box-shape";
import { expectKind, GeometryError, noVertices, requireFinite, type ShapeUtil } from "./shape-util";

const frameOf = (
  g: EllipseGeometry,
): { cx: number; cy: number; w: number; h: number; angle: number } => ({
  cx: g.cx,
  cy: g.cy,
  w: 2 * g.rx,
  h: 2 * g.ry,
  angle: g.rotation,
});

/** The ellipse that fills an axis-parallel box. */
export const ellipseInBox = (box: Box): EllipseGeometry => ({
  type: "ellipse",
  cx: box.x + box.w / 2,
  cy: box.y + box.h / 2,
  rx: box.w / 2,
  ry: box.h / 2,
  rotation: 0,
});

export const ellipseShape: ShapeUtil<EllipseGeometry> = {
  ...noVertices,
  kind: "ellipse",
  bounds: ellipseBounds,
  area: ellipseArea,
  contains: ellipseContains,
  nearestEdge(g, p) {
    const hit = nearestEdge(ellipsePoints(g), p, true);
    return (
      hit && {
        edge: "rim",
        distance: hit.distance,
        point: hit.point,
        action: "move",
        cursor: "move",
      }
    );
  },
  handles: (g, pixel) => handlesOfFrame(frameOf(g), pixel),
  dragHandle(g, handle, to, { size, constrain }) {
    if (handle === "rotate")
      return { ...g, rotation: draggedAngle(vec(g.cx, g.cy), to, constrain) };
    if (!isBoxHandle(handle)) return g;
    const frame = resizeRotated(frameOf(g), handle, clampPoint(to, size), constrain);
    return { ...g, cx: frame.cx, cy: frame.cy, rx: frame.w / 2, ry: frame.h / 2 };
  },
  translate: (g, delta) => ({ ...g, cx: g.cx + delta.x, cy: g.cy + delta.y }),
  finish(g, size) {
    const centre = clampPoint(vec(g.cx, g.cy), size);
    const rx = roundCoordinate(g.rx);
    const ry = roundCoordinate(g.ry);
    if (rx <= 0 || ry <= 0) return null;
    const [cx, cy, rotation] = [
      roundCoordinate(centre.x),
      roundCoordinate(centre.y),
      roundCoordinate(g.rotation),
    ];
    return { type: "ellipse", cx, cy, rx, ry, rotation };
  },
  draw(ctx, g, view, paint) {
    const { scale, dx, dy } = view;
    ctx.beginPath();
    ctx.ellipse(
      g.cx * scale + dx,
      g.cy * scale + dy,
      g.rx * scale,
      g.ry * scale,
      (g.rotation * Math.PI) / 180,
      0,
      2 * Math.PI,
    );
    if (paint.fill !== null) ctx.fill();
    ctx.stroke();
  },
  toJson: ({ cx, cy, rx, ry, rotation }) => ({ type: "ellipse", cx, cy, rx, ry, rotation }),
  fromJson(wire) {
    const { cx, cy, rx, ry, rotation } = expectKind(wire, "ellipse");
    requireFinite([cx, cy, rx, ry, rotation], "ellipse");
    if (rx < 0 || ry < 0) throw new GeometryError("The ellipse has a negative radius.");
    return { type: "ellipse", cx, cy, rx, ry, rotation };
  },
};
