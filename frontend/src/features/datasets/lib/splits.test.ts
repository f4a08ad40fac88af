import { describe, expect, it } from "vitest";
import { DEFAULT_SPLIT, fieldName, ruleOf, sharesOf, splitProblem } from "./splits";

describe("split rules", () => {
  it("become fractions that sum to one", () => {
    const rule = ruleOf({ ...DEFAULT_SPLIT, val: 15, test: 10 });
    expect(rule.fractions).toEqual({ train: 0.75, val: 0.15, test: 0.1 });
    expect(rule.together).toBe("");
  });

  it("drop assignments that no field belongs to", () => {
    const assign = { north: "test" } as const;
    expect(ruleOf({ ...DEFAULT_SPLIT, assign }).assign).toEqual({});
    expect(ruleOf({ ...DEFAULT_SPLIT, assign, assign_by: "folder" }).assign).toEqual(assign);
  });

  it("need something to train on", () => {
    expect(splitProblem({ ...DEFAULT_SPLIT, val: 60, test: 40 })).toMatch(/Nothing is left/);
    expect(splitProblem(DEFAULT_SPLIT)).toBeNull();
  });

  it("name their fields", () => {
    expect(fieldName("metadata:camera.name")).toBe("camera.name");
    expect(fieldName("folder")).toBe("Folder");
  });

  it("are drawn as parts, empty ones left out", () => {
    expect(sharesOf({ train: 3, val: 0, test: 1 })).toEqual([
      { split: "train", count: 3, part: 0.75 },
      { split: "test", count: 1, part: 0.25 },
    ]);
    expect(sharesOf({})).toEqual([]);
  });
});
