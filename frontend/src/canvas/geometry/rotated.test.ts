// @vitest-environment node
import { describe, expect, it } from "vitest";
import { geometryCases } from "../testing/geometry-cases";
import { ringArea } from "./polygon";
import {
  ellipseArea,
  ellipseBounds,
  ellipseContains,
  ellipsePoints,
  rotatedBoxBounds,
  rotatedBoxContains,
  rotatedBoxCorners,
} from "./rotated";

const cases = geometryCases();

describe("rotated boxes", () => {
  it.each(cases.rotated_box_bounds)("bounds at $angle degrees", ({ expected, corners, ...g }) => {
    const bounds = rotatedBoxBounds(g);
    [bounds.x, bounds.y, bounds.w, bounds.h].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    });
    rotatedBoxCorners(g).forEach((corner, i) => {
      expect(corner.x).toBeCloseTo(corners[i]?.[0] ?? Number.NaN, 6);
      expect(corner.y).toBeCloseTo(corners[i]?.[1] ?? Number.NaN, 6);
    });
  });

  it.each(cases.rotated_box_contains)(
    "$point in a box at $angle: $expected",
    ({ point, expected, ...g }) => {
      expect(rotatedBoxContains({ type: "rotated_box", ...g }, { x: point[0], y: point[1] })).toBe(
        expected,
      );
    },
  );
});

describe("ellipses", () => {
  it.each(cases.ellipse_area)("area of $rx × $ry", ({ rx, ry, expected }) => {
    expect(ellipseArea({ rx, ry })).toBeCloseTo(expected, 9);
  });

  it.each(cases.ellipse_bounds)("bounds at $rotation degrees", ({ expected, ...g }) => {
    const bounds = ellipseBounds(g);
    [bounds.x, bounds.y, bounds.w, bounds.h].forEach((value, i) => {
      expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(1e-5);
    });
  });

  it.each(cases.ellipse_contains)(
    "$point at rotation $rotation: $expected",
    ({ point, expected, ...g }) => {
      expect(ellipseContains({ type: "ellipse", ...g }, { x: point[0], y: point[1] })).toBe(
        expected,
      );
    },
  );

  it("is close to its polygon", () => {
    const g = { cx: 5, cy: 5, rx: 4, ry: 2, rotation: 30 };
    expect(ringArea(ellipsePoints(g, 256))).toBeCloseTo(ellipseArea(g), 1);
  });
});
