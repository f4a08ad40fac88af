// @vitest-environment node
import { describe, expect, it } from "vitest";
import { rotatedBoxCorners } from "../geometry/rotated";
import {
  angleFromUp,
  BOX_HANDLES,
  boxHandlePoint,
  clipBox,
  resizeBox,
  resizeRotated,
} from "./resize";

const box = { x: 10, y: 20, w: 30, h: 40 };

describe("resizing", () => {
  it.each([
    { handle: "nw", to: { x: 0, y: 0 }, expected: { x: 0, y: 0, w: 40, h: 60 } },
    { handle: "n", to: { x: 99, y: 30 }, expected: { x: 10, y: 30, w: 30, h: 30 } },
    { handle: "ne", to: { x: 50, y: 10 }, expected: { x: 10, y: 10, w: 40, h: 50 } },
    { handle: "e", to: { x: 20, y: 99 }, expected: { x: 10, y: 20, w: 10, h: 40 } },
    { handle: "se", to: { x: 60, y: 80 }, expected: { x: 10, y: 20, w: 50, h: 60 } },
    { handle: "s", to: { x: 0, y: 30 }, expected: { x: 10, y: 20, w: 30, h: 10 } },
    { handle: "sw", to: { x: 5, y: 70 }, expected: { x: 5, y: 20, w: 35, h: 50 } },
    { handle: "w", to: { x: 60, y: 0 }, expected: { x: 40, y: 20, w: 20, h: 40 } },
  ] as const)("drags $handle to $to", ({ handle, to, expected }) => {
    expect(resizeBox(box, handle, to)).toEqual(expected);
  });

  it.each(BOX_HANDLES)("changes nothing when %s is dropped where it was", (handle) => {
    expect(resizeBox(box, handle, boxHandlePoint(box, handle))).toEqual(box);
  });

  it("keeps proportions at corners", () => {
    expect(resizeBox({ x: 0, y: 0, w: 10, h: 20 }, "se", { x: 30, y: 30 }, true)).toEqual({
      x: 0,
      y: 0,
      w: 30,
      h: 60,
    });
  });

  it("keeps the opposite corner of a turned box in place", () => {
    const turned = { cx: 50, cy: 50, w: 40, h: 20, angle: 30 };
    const resized = { ...resizeRotated(turned, "se", { x: 90, y: 80 }), angle: 30 };
    const [before] = rotatedBoxCorners(turned);
    const [after, , dragged] = rotatedBoxCorners(resized);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
    expect(dragged.x).toBeCloseTo(90, 9);
    expect(dragged.y).toBeCloseTo(80, 9);
  });

  it("clips to the image", () => {
    expect(clipBox({ x: -5, y: 5, w: 20, h: 200 }, { width: 10, height: 50 })).toEqual({
      x: 0,
      y: 5,
      w: 10,
      h: 45,
    });
  });

  it.each([
    { p: { x: 0, y: -1 }, angle: 0 },
    { p: { x: 1, y: 0 }, angle: 90 },
    { p: { x: 0, y: 1 }, angle: 180 },
    { p: { x: -1, y: 0 }, angle: -90 },
  ])("measures angles clockwise from up: $angle", ({ p, angle }) => {
    expect(angleFromUp({ x: 0, y: 0 }, p)).toBe(angle);
  });
});
