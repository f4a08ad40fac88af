import { describe, expect, it } from "vitest";
import { keys, staleAfter } from "./keys";

describe("staleAfter", () => {
  it("freshens a run and the list it stands in", () => {
    expect(staleAfter("run", "p1", { id: "r1" })).toEqual([keys.runs("p1"), keys.run("r1")]);
  });

  it("freshens everything of a project that changed, and the list of projects", () => {
    expect(staleAfter("project", "p1", {})).toEqual([["projects"], ["project", "p1"]]);
  });

  it("does nothing for news it does not know", () => {
    expect(staleAfter("hello", null, {})).toEqual([]);
  });
});
