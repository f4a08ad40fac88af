// @vitest-environment node
import { describe, expect, it } from "vitest";
import { snapPoint } from "./snap";

const targets = {
  image: { width: 100, height: 80 },
  vertices: [{ x: 20, y: 20 }],
  segments: [
    [
      { x: 20, y: 20 },
      { x: 60, y: 20 },
    ],
  ] as const,
};

describe("snapping", () => {
  it.each([
    {
      name: "a vertex before the edge it lies on",
      p: { x: 22, y: 21 },
      expected: { point: { x: 20, y: 20 }, to: "vertex" },
    },
    { name: "an edge", p: { x: 40, y: 23 }, expected: { point: { x: 40, y: 20 }, to: "edge" } },
    {
      name: "the border",
      p: { x: 97, y: 50 },
      expected: { point: { x: 100, y: 50 }, to: "border" },
    },
    {
      name: "a corner of the image",
      p: { x: 2, y: 78 },
      expected: { point: { x: 0, y: 80 }, to: "border" },
    },
    { name: "nothing", p: { x: 50, y: 50 }, expected: { point: { x: 50, y: 50 }, to: null } },
  ])("takes $name", ({ p, expected }) => {
    expect(snapPoint(p, targets, 5)).toEqual(expected);
  });
});
