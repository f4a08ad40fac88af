/** Gathers what a point may snap to from the visible shapes around it. */
import { expandBox } from "../geometry/box";
import { pointAt, pointCount } from "../geometry/polygon";
import { rotatedBoxCorners } from "../geometry/rotated";
import type { Geometry, Size, Vec } from "../geometry/types";
import { type Snapped, snapPoint } from "../kernels/snap";
import type { PickingScene } from "./picking";

/** In screen pixels. */
const SNAP_REACH = 8;

function ringsOf(g: Geometry): (readonly number[])[] {
  switch (g.type) {
    case "box":
      return [[g.x, g.y, g.x + g.w, g.y, g.x + g.w, g.y + g.h, g.x, g.y + g.h]];
    case "rotated_box":
      return [rotatedBoxCorners(g).flatMap((p) => [p.x, p.y])];
    case "polygon":
      return g.parts.flatMap((part) => [part.outer, ...part.holes]);
    default:
      return [];
  }
}

export function snapInScene(
  scene: PickingScene,
  p: Vec,
  image: Size,
  pixel: number,
  except: ReadonlySet<string>,
): Snapped {
  const reach = SNAP_REACH * pixel;
  const vertices: Vec[] = [];
  const segments: [Vec, Vec][] = [];
  for (const id of scene.index.search(expandBox({ x: p.x, y: p.y, w: 0, h: 0 }, reach))) {
    const record = scene.store.get(id);
    if (record === undefined || except.has(id) || !scene.isVisible(record)) continue;
    for (const ring of ringsOf(record.geometry)) {
      for (let i = 0; i < pointCount(ring); i += 1) {
        vertices.push(pointAt(ring, i));
        segments.push([pointAt(ring, i), pointAt(ring, i + 1)]);
      }
    }
  }
  return snapPoint(p, { image, vertices, segments }, reach);
}
