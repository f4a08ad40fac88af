// @vitest-environment node
import { describe, expect, it } from "vitest";
import {
  EMPTY_DIFF,
  filterDiff,
  isEmptyDiff,
  reverseDiff,
  type SceneDiff,
  squashDiffs,
} from "./diff";
import { newRecord, type ShapeRecord } from "./records";

const record = (id: string, label: number): ShapeRecord =>
  newRecord({ id, label, geometry: { type: "tag" }, zOrder: 0 });
const [a1, a2, a3] = [record("a", 1), record("a", 2), record("a", 3)];

const added = (to: ShapeRecord): SceneDiff => ({ ...EMPTY_DIFF, added: new Map([[to.id, to]]) });
const updated = (from: ShapeRecord, to: ShapeRecord): SceneDiff => ({
  ...EMPTY_DIFF,
  updated: new Map([[to.id, { from, to }]]),
});
const removed = (from: ShapeRecord): SceneDiff => ({
  ...EMPTY_DIFF,
  removed: new Map([[from.id, from]]),
});

describe("diffs", () => {
  it.each([
    { name: "add, update", first: added(a1), second: updated(a1, a2), expected: added(a2) },
    { name: "add, remove", first: added(a1), second: removed(a1), expected: EMPTY_DIFF },
    {
      name: "update, update",
      first: updated(a1, a2),
      second: updated(a2, a3),
      expected: updated(a1, a3),
    },
    { name: "update, remove", first: updated(a1, a2), second: removed(a2), expected: removed(a1) },
    { name: "remove, add", first: removed(a1), second: added(a2), expected: updated(a1, a2) },
  ])("squashes $name", ({ first, second, expected }) => {
    expect(squashDiffs(first, second)).toEqual(expected);
  });

  it("reverses, twice being nothing", () => {
    const diff = {
      added: added(a1).added,
      updated: new Map([["b", { from: a1, to: a2 }]]),
      removed: removed(a3).removed,
    };
    expect(reverseDiff(diff)).toEqual({
      added: diff.removed,
      updated: new Map([["b", { from: a2, to: a1 }]]),
      removed: diff.added,
    });
    expect(reverseDiff(reverseDiff(diff))).toEqual(diff);
  });

  it("filters by record", () => {
    expect(isEmptyDiff(filterDiff(updated(a1, a2), (r) => r.label === 1))).toBe(true);
    expect(filterDiff(added(a1), (r) => r.label === 1)).toEqual(added(a1));
  });
});
