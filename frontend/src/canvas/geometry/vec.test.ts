// @vitest-environment node
import { describe, expect, it } from "vitest";
import { clamp, constrainTo45, nearestOnSegment, rotate, roundCoordinate } from "./vec";

describe("vectors", () => {
  it("turn clockwise, y pointing down", () => {
    const p = rotate({ x: 2, y: 0 }, { x: 1, y: 0 }, 90);
    expect(p.x).toBeCloseTo(1, 12);
    expect(p.y).toBeCloseTo(1, 12);
  });

  it.each([
    { p: { x: 5, y: 3 }, expected: { x: 5, y: 0 } },
    { p: { x: -5, y: 3 }, expected: { x: 0, y: 0 } },
    { p: { x: 15, y: 3 }, expected: { x: 10, y: 0 } },
  ])("nearest point of a segment to $p", ({ p, expected }) => {
    expect(nearestOnSegment(p, { x: 0, y: 0 }, { x: 10, y: 0 })).toEqual(expected);
  });

  it("nearest point of a segment without length", () => {
    expect(nearestOnSegment({ x: 9, y: 9 }, { x: 1, y: 2 }, { x: 1, y: 2 })).toEqual({
      x: 1,
      y: 2,
    });
  });

  it("keep their length when put on a multiple of 45 degrees", () => {
    const p = constrainTo45({ x: 0, y: 0 }, { x: 10, y: 1 });
    expect(p.y).toBeCloseTo(0, 12);
    expect(p.x).toBeCloseTo(Math.hypot(10, 1), 12);
  });

  it("clamp to the lower end of an empty range and round to hundredths", () => {
    expect([clamp(5, 0, 3), clamp(5, 8, 3), roundCoordinate(1.2351)]).toEqual([3, 8, 1.24]);
  });
});
