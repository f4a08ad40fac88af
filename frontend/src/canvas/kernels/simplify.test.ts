// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestEdge, pointAt, pointCount } from "../geometry/polygon";
import { simplifyLine, simplifyRing } from "./simplify";

const lines = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 80 })
  .map((values) => values.slice(0, values.length - (values.length % 2)));

describe("simplification", () => {
  it("drops what lies on the line and keeps corners", () => {
    expect(simplifyLine([0, 0, 5, 0.1, 10, 0, 10, 10], 0.5)).toEqual([0, 0, 10, 0, 10, 10]);
  });

  it("keeps both ends and stays within the tolerance", () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0.1, max: 20, noNaN: true }), (points, tolerance) => {
        const simple = simplifyLine(points, tolerance);
        expect(pointAt(simple, 0)).toEqual(pointAt(points, 0));
        expect(pointAt(simple, -1)).toEqual(pointAt(points, -1));
        for (let i = 0; i < pointCount(points); i += 1) {
          const off = nearestEdge(simple, pointAt(points, i), false)?.distance ?? 0;
          expect(off).toBeLessThanOrEqual(tolerance + 1e-9);
        }
      }),
    );
  });

  it("never takes a ring below a triangle", () => {
    fc.assert(
      fc.property(
        lines.filter((points) => points.length >= 6),
        (points) => {
          expect(pointCount(simplifyRing(points, 1000))).toBeGreaterThanOrEqual(3);
        },
      ),
    );
    expect(simplifyRing([0, 0, 5, 0.1, 10, 0, 10, 10, 5, 9.9, 0, 10], 0.5)).toEqual([
      0, 0, 10, 0, 10, 10, 0, 10,
    ]);
  });
});
