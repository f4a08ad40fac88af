/** Vertex lists: rounding, clipping to the image, replacing, inserting and removing points of flat coordinates. */
import { pointAt, pointCount } from "../geometry/polygon";
import type { FlatPoints, Size, Vec } from "../geometry/types";
import { clamp, roundCoordinate } from "../geometry/vec";

export const replacePoint = (points: FlatPoints, index: number, p: Vec): number[] => {
  const copy = points.slice();
  copy[2 * index] = p.x;
  copy[2 * index + 1] = p.y;
  return copy;
};

/** Puts p after the point with the given index. */
export const insertPoint = (points: FlatPoints, after: number, p: Vec): number[] => [
  ...points.slice(0, 2 * after + 2),
  p.x,
  p.y,
  ...points.slice(2 * after + 2),
];

export const removePoint = (points: FlatPoints, index: number): number[] => [
  ...points.slice(0, 2 * index),
  ...points.slice(2 * index + 2),
];

/** Rounded, inside the image, without points that repeat the one before. */
export function tidyPoints(points: FlatPoints, size: Size, closed: boolean): number[] {
  const tidy: number[] = [];
  for (let i = 0; i < pointCount(points); i += 1) {
    const p = pointAt(points, i);
    const x = roundCoordinate(clamp(p.x, 0, size.width));
    const y = roundCoordinate(clamp(p.y, 0, size.height));
    if (tidy.length > 0 && tidy[tidy.length - 2] === x && tidy[tidy.length - 1] === y) continue;
    tidy.push(x, y);
  }
  const repeatsFirst =
    tidy.length > 2 && tidy[0] === tidy[tidy.length - 2] && tidy[1] === tidy[tidy.length - 1];
  return closed && repeatsFirst ? tidy.slice(0, -2) : tidy;
}
