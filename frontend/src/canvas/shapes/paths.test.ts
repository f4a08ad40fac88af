// @vitest-environment node
import { describe, expect, it } from "vitest";
import { ellipsePoints } from "../geometry/rotated";
import { detailFor, tracePoints } from "./paths";

const circle = ellipsePoints({ cx: 50, cy: 50, rx: 40, ry: 40, rotation: 0 }, 400);

describe("paths", () => {
  it("leave out what cannot be seen, the more the smaller", () => {
    const far = detailFor(circle, 0.1, true);
    const near = detailFor(circle, 1, true);
    expect(far.length).toBeLessThan(near.length);
    expect(near.length).toBeLessThan(circle.length);
    expect(detailFor(circle, 8, true)).toBe(circle);
    expect(detailFor(circle, 0.1, true)).toBe(far);
  });

  it("go through device pixels and close rings", () => {
    const steps: (string | number)[][] = [];
    tracePoints(
      {
        moveTo: (x, y) => steps.push(["move", x, y]),
        lineTo: (x, y) => steps.push(["line", x, y]),
        closePath: () => steps.push(["close"]),
      },
      [0, 0, 10, 5],
      { scale: 2, dx: 100, dy: 1 },
      true,
    );
    expect(steps).toEqual([["move", 100, 1], ["line", 120, 11], ["close"]]);
  });
});
