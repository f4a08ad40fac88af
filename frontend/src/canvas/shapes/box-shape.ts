import { boxArea, containsPoint } from "../geometry/box";
import type { Box, BoxGeometry, Vec } from "../geometry/types";
import { distance, nearestOnSegment, roundCoordinate } from "../geometry/vec";
import {
  BOX_HANDLES,
  type BoxHandle,
  boxHandlePoint,
  clipBox,
  isBoxHandle,
  resizeBox,
} from "../kernels/resize";
import {
  type CursorName,
  type DrawView,
  type EdgeHit,
  expectKind,
  GeometryError,
  type Handle,
  noVertices,
  requireFinite,
  type ShapeUtil,
} from "./shape-util";

/** Sides shorter than this many screen pixels show no handle in their middle. */
const SIDE_HANDLE_FROM = 28;

const CURSORS: Record<BoxHandle, CursorName> = {
  nw: "nwse-resize",
  n: "ns-resize",
  ne: "nesw-resize",
  e: "ew-resize",
  se: "nwse-resize",
  s: "ns-resize",
  sw: "nesw-resize",
  w: "ew-resize",
};

export const cursorOf = (handle: BoxHandle): CursorName => CURSORS[handle];

/** Handles of an axis-parallel box; short sides keep only their corners. */
export function handlesOfBox(box: Box, pixel: number): Handle[] {
  return BOX_HANDLES.filter((id) => {
    if (id === "n" || id === "s") return box.w >= SIDE_HANDLE_FROM * pixel;
    if (id === "e" || id === "w") return box.h >= SIDE_HANDLE_FROM * pixel;
    return true;
  }).map((id) => ({ id, kind: "resize", point: boxHandlePoint(box, id), cursor: CURSORS[id] }));
}

export function nearestBoxEdge(box: Box, p: Vec): EdgeHit {
  const corner = (handle: BoxHandle): Vec => boxHandlePoint(box, handle);
  const sides: readonly [BoxHandle, Vec, Vec][] = [
    ["n", corner("nw"), corner("ne")],
    ["e", corner("ne"), corner("se")],
    ["s", corner("sw"), corner("se")],
    ["w", corner("nw"), corner("sw")],
  ];
  let best: EdgeHit | null = null;
  for (const [edge, a, b] of sides) {
    const point = nearestOnSegment(p, a, b);
    const d = distance(p, point);
    if (best === null || d < best.distance) {
      best = { edge, distance: d, point, action: "resize", cursor: CURSORS[edge] };
    }
  }
  return (
    best ?? {
      edge: "n",
      distance: Number.POSITIVE_INFINITY,
      point: p,
      action: "resize",
      cursor: "default",
    }
  );
}

/** Device pixels: odd strokes snapped to half pixels, even ones to whole pixels, so that their edges are crisp. */
export function snappedRect(box: Box, view: Pick<DrawView, "scale" | "dx" | "dy">, width = 1): Box {
  const inset = (width % 2) / 2;
  const left = Math.round(box.x * view.scale + view.dx);
  const top = Math.round(box.y * view.scale + view.dy);
  const right = Math.round((box.x + box.w) * view.scale + view.dx);
  const bottom = Math.round((box.y + box.h) * view.scale + view.dy);
  const shrink = 2 * inset;
  return {
    x: left + inset,
    y: top + inset,
    w: Math.max(right - left - shrink, 0),
    h: Math.max(bottom - top - shrink, 0),
  };
}

const withBox = (box: Box): BoxGeometry => ({
  type: "box",
  x: box.x,
  y: box.y,
  w: box.w,
  h: box.h,
});

export const boxShape: ShapeUtil<BoxGeometry> = {
  ...noVertices,
  kind: "box",
  bounds: (g) => g,
  area: boxArea,
  contains: containsPoint,
  nearestEdge: nearestBoxEdge,
  handles: handlesOfBox,
  dragHandle(g, handle, to, { size, constrain }) {
    if (!isBoxHandle(handle)) return g;
    return withBox(clipBox(resizeBox(g, handle, to, constrain), size));
  },
  translate: (g, delta) => ({ ...g, x: g.x + delta.x, y: g.y + delta.y }),
  finish(g, size) {
    const clipped = clipBox(g, size);
    const x = roundCoordinate(clipped.x);
    const y = roundCoordinate(clipped.y);
    const w = roundCoordinate(clipped.x + clipped.w - x);
    const h = roundCoordinate(clipped.y + clipped.h - y);
    return w > 0 && h > 0 ? { type: "box", x, y, w, h } : null;
  },
  draw(ctx, g, view, paint) {
    const rect = snappedRect(g, view, paint.width);
    if (paint.fill !== null) ctx.fillRect(rect.x, rect.y, rect.w, rect.h);
    ctx.strokeRect(rect.x, rect.y, rect.w, rect.h);
  },
  toJson: (g) => ({ type: "box", x: g.x, y: g.y, w: g.w, h: g.h }),
  fromJson(wire) {
    const { x, y, w, h } = expectKind(wire, "box");
    requireFinite([x, y, w, h], "box");
    if (w < 0 || h < 0) throw new GeometryError("The box has a negative extent.");
    return withBox({ x, y, w, h });
  },
};

export const boxGeometry = (a: Vec, b: Vec): BoxGeometry =>
  withBox({
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    w: Math.abs(a.x - b.x),
    h: Math.abs(a.y - b.y),
  });
