// @vitest-environment node
import { describe, expect, it } from "vitest";
import { pixelRatio } from "./surface";

describe("pixel ratio", () => {
  it.each([
    { name: "an ordinary screen", density: 1, width: 1600, height: 900, expected: 1 },
    { name: "a fine screen", density: 2, width: 1600, height: 900, expected: 2 },
    { name: "a finer screen, capped", density: 3, width: 1600, height: 900, expected: 2 },
    { name: "a browser zoomed out", density: 0.5, width: 1600, height: 900, expected: 1 },
    {
      name: "a huge viewport, capped at 16 megapixels",
      density: 2,
      width: 4000,
      height: 2000,
      expected: Math.SQRT2,
    },
  ])("of $name", ({ density, width, height, expected }) => {
    expect(pixelRatio(density, { width, height })).toBeCloseTo(expected, 9);
  });
});
