// @vitest-environment node
import { describe, expect, it } from "vitest";
import { containsPoint } from "../geometry/box";
import type { Box } from "../geometry/types";
import { handlesOfBox, nearestBoxEdge } from "../shapes/box-shape";
import { cycle, type HitTarget, hitStack, shapesUnder } from "./hit-test";

const target = (id: string, box: Box, selected = false): HitTarget => ({
  id,
  selected,
  area: box.w * box.h,
  inset: Math.min(box.w, box.h) / 4,
  handles: selected ? handlesOfBox(box, 1) : [],
  nearestEdge: (p) => nearestBoxEdge(box, p),
  contains: (p) => containsPoint(box, p),
});

const big = { x: 0, y: 0, w: 100, h: 100 };
const small = { x: 40, y: 40, w: 40, h: 40 };
const kinds = (targets: HitTarget[], x: number, y: number) =>
  hitStack(targets, { x, y }, 6).map((hit) => `${hit.kind} ${hit.id}`);

describe("hit test", () => {
  it("puts handles of the selection first, then edges, then the smallest area", () => {
    expect(kinds([target("big", big), target("small", small, true)], 41, 41)).toEqual([
      "handle small",
      "edge small",
      "body small",
      "body big",
    ]);
    expect(kinds([target("big", big), target("small", small)], 60, 60)).toEqual([
      "body small",
      "body big",
    ]);
    expect(kinds([target("big", big), target("small", small)], 99, 60)).toEqual([
      "edge big",
      "body big",
    ]);
  });

  it("prefers the edge of the selection", () => {
    const other = { x: 41, y: 0, w: 100, h: 100 };
    expect(kinds([target("other", other), target("small", small, true)], 41, 50)[0]).toBe(
      "edge small",
    );
  });

  it("gives up edges and handles inside a tiny shape before its middle", () => {
    const tiny = { x: 0, y: 0, w: 8, h: 8 };
    expect(kinds([target("tiny", tiny, true)], 4, 4)).toEqual(["body tiny"]);
    expect(kinds([target("tiny", tiny, true)], 9, 9)[0]).toBe("handle tiny");
  });

  it("misses what is farther away than the tolerance", () => {
    expect(kinds([target("small", small, true)], 88, 60)).toEqual([]);
  });

  it("walks through the shapes below the pointer", () => {
    const stack = shapesUnder(
      hitStack([target("big", big), target("small", small)], { x: 60, y: 60 }, 6),
    );
    expect(stack).toEqual(["small", "big"]);
    expect([
      cycle(stack, null),
      cycle(stack, "small"),
      cycle(stack, "big"),
      cycle([], "x"),
    ]).toEqual(["small", "big", "small", null]);
  });
});
