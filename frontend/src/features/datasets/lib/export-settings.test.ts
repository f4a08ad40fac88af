import { describe, expect, it } from "vitest";
import { exportProblem, formOf, parseExportSearch, requestOf, SEEDED } from "./export-settings";

describe("export settings", () => {
  it("begin with what the address says", () => {
    expect(formOf(parseExportSearch({})).scope).toBe("labelled");
    expect(formOf(parseExportSearch({ version: "v" }))).toMatchObject({
      scope: "version",
      version: "v",
    });
    const view = { state: "new", label: "3", unlabelled: "true", search: "a", order: "name" };
    expect(formOf(parseExportSearch({ ...view, min_score: "x", uploader: "" }))).toMatchObject({
      scope: "view",
      view: { state: "new", label: 3, unlabelled: true, search: "a" },
    });
  });

  it("become requests", () => {
    const form = formOf({});
    expect(requestOf("coco", { a: 1 }, form, true)).toEqual({
      format: "coco",
      options: { a: 1 },
      scope: { states: ["labelled", "reviewed"] },
      with_images: true,
      dry_run: true,
    });
    const seeded = requestOf("coco", {}, { ...form, scope: "view", split: SEEDED }, false);
    expect(seeded.scope).toEqual({ filter: {} });
    expect(seeded.split?.fractions.val).toBe(0.2);
    const frozen = { ...form, scope: "version", version: "v", split: SEEDED } as const;
    expect(requestOf("coco", {}, frozen, false)).not.toHaveProperty("split");
  });

  it("say what is missing", () => {
    expect(exportProblem({ ...formOf({}), scope: "version" })).toBe("Choose a version.");
    expect(exportProblem({ ...formOf({}), split: { ...SEEDED, val: 99, test: 1 } })).toMatch(
      /left/,
    );
    expect(exportProblem(formOf({}))).toBeNull();
  });
});
