/** Outlines of masks as rings on pixel corners. Nothing in this file may read editor state. */
import type { MaskCrop } from "../geometry/mask";
import { signedRingArea } from "../geometry/polygon";

/**
 * Every boundary of the painted region, in image coordinates, walking pixel edges with paint on the right hand:
 * outer rings have positive signed area (clockwise on screen), holes negative. Diagonal neighbours count as
 * separate (4-connected paint), so that no ring touches itself. Straight runs are one edge.
 */
export function traceContours(crop: MaskCrop): number[][] {
  const { w, h, data } = crop;
  const painted = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < w && y < h && data[y * w + x] !== 0;
  // Only top edges (walked left to right) start a ring: every ring has at least one.
  const seen = new Uint8Array(w * h);
  const rings: number[][] = [];
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      if (seen[y * w + x] !== 0 || !painted(x, y) || painted(x, y - 1)) continue;
      rings.push(
        walk(x, y, painted, (px, py) => {
          seen[py * w + px] = 1;
        }).map((value, i) => value + (i % 2 === 0 ? crop.x : crop.y)),
      );
    }
  }
  return rings;
}

const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/** Follows the boundary from the top-left corner of pixel (x, y), heading right. Directions: 0 E, 1 S, 2 W, 3 N. */
function walk(
  startX: number,
  startY: number,
  painted: (x: number, y: number) => boolean,
  markTop: (x: number, y: number) => void,
): number[] {
  const ring: number[] = [];
  let x = startX;
  let y = startY;
  let direction = 0;
  do {
    if (direction === 0) markTop(x, y);
    x += DX[direction] ?? 0;
    y += DY[direction] ?? 0;
    const next = turn(x, y, direction, painted);
    if (next !== direction) ring.push(x, y);
    direction = next;
  } while (x !== startX || y !== startY || direction !== 0);
  return ring;
}

/** At corner (x, y): right when the pixel ahead on the right is free, left when both ahead are painted. */
function turn(
  x: number,
  y: number,
  direction: number,
  painted: (x: number, y: number) => boolean,
): number {
  const aheadRight =
    [painted(x, y), painted(x - 1, y), painted(x - 1, y - 1), painted(x, y - 1)][direction] ??
    false;
  const aheadLeft =
    [painted(x, y - 1), painted(x, y), painted(x - 1, y), painted(x - 1, y - 1)][direction] ??
    false;
  if (!aheadRight) return (direction + 1) % 4;
  return aheadLeft ? (direction + 3) % 4 : direction;
}

/** True for the outline of a hole. */
export const isHole = (ring: readonly number[]): boolean => signedRingArea(ring) < 0;
