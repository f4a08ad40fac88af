// @vitest-environment node
import { describe, expect, it } from "vitest";
import { geometryCases } from "../testing/geometry-cases";
import { boundsOfPoints, boxIou, clampMove, containsBox, intersectBoxes, unionBoxes } from "./box";
import type { Box } from "./types";

const cases = geometryCases();
const box = ([x, y, w, h]: [number, number, number, number]): Box => ({ x, y, w, h });

describe("boxes", () => {
  it.each(cases.box_iou)("IoU of $a and $b is $expected", ({ a, b, expected }) => {
    expect(boxIou(box(a), box(b))).toBeCloseTo(expected, 9);
    expect(boxIou(box(b), box(a))).toBeCloseTo(expected, 9);
  });

  it.each(cases.box_clip)("clips $box to $expected", ({ box: given, width, height, expected }) => {
    const clipped = intersectBoxes(box(given), { x: 0, y: 0, w: width, h: height });
    expect(clipped).toEqual(expected === null ? null : box(expected));
  });

  it.each(cases.polygon_bounds)("bounds of $outer", ({ outer, expected }) => {
    expect(boundsOfPoints(outer)).toEqual(box(expected));
  });

  it("unites boxes, none being null", () => {
    expect(unionBoxes([box([0, 0, 2, 2]), box([5, 1, 1, 4])])).toEqual(box([0, 0, 6, 5]));
    expect(unionBoxes([])).toBeNull();
  });

  it("knows what lies inside", () => {
    expect(containsBox(box([0, 0, 10, 10]), box([0, 0, 10, 10]))).toBe(true);
    expect(containsBox(box([0, 0, 10, 10]), box([5, 5, 6, 1]))).toBe(false);
  });

  it.each([
    { name: "free", at: box([10, 10, 10, 10]), by: { x: 5, y: -5 }, expected: { x: 5, y: -5 } },
    {
      name: "stopped",
      at: box([10, 10, 10, 10]),
      by: { x: 500, y: -50 },
      expected: { x: 80, y: -10 },
    },
    {
      name: "sticking out",
      at: box([-5, 0, 10, 10]),
      by: { x: -3, y: 0 },
      expected: { x: 0, y: 0 },
    },
    { name: "coming back", at: box([-5, 0, 10, 10]), by: { x: 3, y: 0 }, expected: { x: 3, y: 0 } },
  ])("shortens a move at the border: $name", ({ at, by, expected }) => {
    expect(clampMove(at, by, { width: 100, height: 100 })).toEqual(expected);
  });
});
