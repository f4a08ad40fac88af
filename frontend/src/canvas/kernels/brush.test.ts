// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vec } from "../geometry/types";
import { distance, nearestOnSegment } from "../geometry/vec";
import { brushCentre, strokeBounds, strokeSpans } from "./brush";

function pixelsOf(a: Vec, b: Vec, size: number): string[] {
  const pixels: string[] = [];
  strokeSpans(a, b, size, (y, x0, x1) => {
    for (let x = x0; x <= x1; x += 1) pixels.push(`${x},${y}`);
  });
  return pixels.sort();
}

describe("brush", () => {
  it.each([
    { x: 10.01, y: 20.99 },
    { x: 10.5, y: 20.5 },
    { x: 10.99, y: 20.01 },
  ])("of one pixel paints exactly the pixel under $x, $y", (p) => {
    expect(pixelsOf(p, p, 1)).toEqual(["10,20"]);
  });

  it("of one pixel draws thin lines without gaps", () => {
    expect(pixelsOf({ x: 0.5, y: 0.5 }, { x: 3.5, y: 3.5 }, 1)).toEqual([
      "0,0",
      "1,1",
      "2,2",
      "3,3",
    ]);
    expect(pixelsOf({ x: 3.5, y: 0.5 }, { x: 0.5, y: 1.5 }, 1)).toHaveLength(4);
  });

  it.each([
    { size: 2, pixels: 4 },
    { size: 3, pixels: 9 },
    { size: 4, pixels: 12 },
    { size: 5, pixels: 21 },
  ])("of $size pixels has a symmetric footprint of $pixels", ({ size, pixels }) => {
    const p = { x: 50.3, y: 40.3 };
    const painted = pixelsOf(p, p, size);
    expect(painted).toHaveLength(pixels);
    const centre = brushCentre(p, size);
    const mirrored = painted.map((text) => {
      const [x, y] = text.split(",").map(Number);
      return `${2 * centre.x - 1 - (x ?? 0)},${y}`;
    });
    expect(mirrored.sort()).toEqual(painted);
  });

  it("paints exactly the pixels whose centre is near the stroke", () => {
    const coordinate = fc.double({ min: 10, max: 50, noNaN: true });
    const point = fc.record({ x: coordinate, y: coordinate });
    fc.assert(
      fc.property(point, point, fc.integer({ min: 2, max: 14 }), (a, b, size) => {
        const from = brushCentre(a, size);
        const to = brushCentre(b, size);
        const expected: string[] = [];
        for (let y = 0; y < 60; y += 1) {
          for (let x = 0; x < 60; x += 1) {
            const centre = { x: x + 0.5, y: y + 0.5 };
            const reach = distance(centre, nearestOnSegment(centre, from, to));
            // Pixels on the rim itself may fall either way by rounding.
            if (Math.abs(reach - size / 2) < 1e-6) return;
            if (reach <= size / 2) expected.push(`${x},${y}`);
          }
        }
        expect(pixelsOf(a, b, size)).toEqual(expected.sort());
      }),
      { numRuns: 60 },
    );
  });

  it("stays inside the bounds it announces", () => {
    const a = { x: 10.2, y: 30.7 };
    const b = { x: 25.9, y: 12.1 };
    const { x, y, w, h } = strokeBounds(a, b, 9);
    strokeSpans(a, b, 9, (row, x0, x1) => {
      expect(row >= y && row < y + h && x0 >= x && x1 < x + w).toBe(true);
    });
  });
});
