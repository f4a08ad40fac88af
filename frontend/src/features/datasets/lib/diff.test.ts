import { describe, expect, it } from "vitest";
import type { DiffEntry, DiffSummary } from "../version-types";
import { countsOfEntry, framesOf, isSame, parseDiffSearch, sayEntry, sayImage } from "./diff";

const ENTRY: DiffEntry = {
  id: "i1",
  name: "a.jpg",
  width: 100,
  height: 50,
  split: ["train", "val"],
  changes: ["changed", "moved"],
  labels: { cat: { added: 1, changed: 1 }, dog: { removed: 2 } },
  shapes: [
    { change: "added", id: "1", label: [null, "cat"], box: [null, [1, 2, 3, 4]], what: [] },
    {
      change: "changed",
      id: "2",
      label: ["cat", "cat"],
      box: [
        [5, 5, 5, 5],
        [6, 6, 6, 6],
      ],
      what: ["geometry"],
    },
    { change: "removed", id: "3", label: ["dog", null], box: [[7, 7, 7, 7], null], what: [] },
    { change: "removed", id: "4", label: ["dog", null], box: [null, null], what: [] },
  ],
  exists: true,
  thumb_url: null,
};

describe("comparisons", () => {
  it("read what makes sense of an address", () => {
    expect(parseDiffSearch({ base: "b", change: "moved", label: 7, other: 1 })).toEqual({
      base: "b",
      change: "moved",
      label: "7",
    });
    expect(parseDiffSearch({ change: "nonsense", base: {} })).toEqual({});
  });

  it("draw the side that is asked for", () => {
    const keys = (side: "before" | "both" | "after") => framesOf(ENTRY, side).map((one) => one.key);
    expect(keys("before")).toEqual(["2<", "3<"]);
    expect(keys("after")).toEqual(["1>", "2>"]);
    expect(keys("both")).toEqual(["1>", "2<", "2>", "3<"]);
  });

  it("are said in words", () => {
    expect(countsOfEntry(ENTRY)).toEqual({ added: 1, removed: 2, changed: 1 });
    expect(sayImage(ENTRY)).toBe("moved from train to val");
    expect(sayImage({ ...ENTRY, changes: ["changed"] })).toBe("");
    expect(sayEntry(ENTRY)).toBe(
      "moved from train to val, 1 object added, 2 objects removed, 1 object changed",
    );
  });

  it("know when nothing is different", () => {
    const images = { added: 0, removed: 0, changed: 0, moved: 0, renamed: 0, same: 9 };
    const summary: DiffSummary = {
      images,
      moves: {},
      labels: [],
      splits: { train: [9, 9], val: [0, 0], test: [0, 0] },
    };
    expect(isSame(summary)).toBe(true);
    expect(isSame({ ...summary, images: { ...images, renamed: 1 } })).toBe(false);
  });
});
