// @vitest-environment node
import { describe, expect, it } from "vitest";
import { Selection } from "./selection";

describe("selection", () => {
  it("keeps its array until the contents change", () => {
    const selection = new Selection();
    selection.set(["a", "b", "a"]);
    const { ids } = selection;
    expect(ids).toEqual(["a", "b"]);
    expect(selection.set(["a", "b"])).toBe(false);
    expect(selection.ids).toBe(ids);
    expect(selection.single).toBeNull();
  });

  it("toggles", () => {
    const selection = new Selection();
    selection.toggle("a");
    expect([selection.single, selection.has("a")]).toEqual(["a", true]);
    selection.toggle("a");
    expect(selection.ids).toEqual([]);
  });
});
