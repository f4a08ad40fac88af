// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxesTouch } from "../geometry/box";
import type { Box } from "../geometry/types";
import { EMPTY_DIFF } from "./diff";
import { newRecord, type ShapeRecord } from "./records";
import { SpatialIndex } from "./spatial-index";

const record = (id: string, { x, y, w, h }: Box): ShapeRecord =>
  newRecord({ id, label: 1, geometry: { type: "box", x, y, w, h }, zOrder: 0 });
const number = fc.integer({ min: 0, max: 100 });
const boxes = fc.record({ x: number, y: number, w: number, h: number });

describe("spatial index", () => {
  it("finds what a linear search finds, after loads and changes", () => {
    fc.assert(
      fc.property(fc.array(boxes), fc.array(boxes), boxes, (first, later, window) => {
        const index = new SpatialIndex();
        const records = new Map(first.map((box, i) => [`${i}`, record(`${i}`, box)]));
        index.reset(records.values());
        later.forEach((box, i) => {
          const id = `${i}`;
          const to = record(id, box);
          const from = records.get(id);
          index.update(
            from === undefined
              ? { ...EMPTY_DIFF, added: new Map([[id, to]]) }
              : { ...EMPTY_DIFF, updated: new Map([[id, { from, to }]]) },
          );
          records.set(id, to);
        });
        const last = [...records.values()].at(-1);
        if (last !== undefined) {
          index.update({ ...EMPTY_DIFF, removed: new Map([[last.id, last]]) });
          records.delete(last.id);
        }
        const expected = [...records.values()].filter((r) =>
          boxesTouch(window, r.geometry as unknown as Box),
        );
        expect(index.search(window).sort()).toEqual(expected.map((r) => r.id).sort());
      }),
    );
  });

  it("leaves tags out", () => {
    const index = new SpatialIndex();
    index.reset([newRecord({ id: "t", label: 1, geometry: { type: "tag" }, zOrder: 0 })]);
    expect(index.search({ x: -1e9, y: -1e9, w: 2e9, h: 2e9 })).toEqual([]);
  });
});
