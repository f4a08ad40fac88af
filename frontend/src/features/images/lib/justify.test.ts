import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { justify } from "./justify";

const sizes = fc.array(
  fc.record({
    width: fc.integer({ min: 1, max: 8000 }),
    height: fc.integer({ min: 1, max: 8000 }),
  }),
  { maxLength: 60 },
);

describe("justify", () => {
  it("fills rows with pictures of one height and leaves the last one open", () => {
    const square = { width: 100, height: 100 };
    expect(justify([square, square, square], 210, 100, 10)).toEqual([
      {
        height: 100,
        tiles: [
          { index: 0, width: 100 },
          { index: 1, width: 100 },
        ],
      },
      { height: 100, tiles: [{ index: 2, width: 100 }] },
    ]);
  });

  it("shows every picture once, in order, and never runs over the width", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 300, max: 2400 }), (items, width) => {
        const rows = justify(items, width, 160, 6);
        expect(rows.flatMap((row) => row.tiles.map((tile) => tile.index))).toEqual(
          items.map((_, index) => index),
        );
        for (const row of rows) {
          const used = row.tiles.reduce(
            (sum, tile) => sum + tile.width,
            6 * (row.tiles.length - 1),
          );
          expect(used).toBeLessThanOrEqual(Math.max(width, 160 * 2.2) + 1e-6);
        }
      }),
    );
  });

  it("has no rows before the width is known", () => {
    expect(justify([{ width: 1, height: 1 }], 0, 160, 6)).toEqual([]);
  });
});
