import { describe, expect, it } from "vitest";
import { filterOf, isFiltered, parseImageSearch } from "./search";

describe("parseImageSearch", () => {
  it("keeps what it knows, as the right type", () => {
    expect(
      parseImageSearch({
        state: "new",
        label: "3",
        search: 12,
        duplicates: "1",
        order: "-score",
        page: 4,
      }),
    ).toEqual({ state: "new", label: 3, search: "12", duplicates: true, order: "-score" });
  });

  it("leaves out what makes no sense", () => {
    expect(
      parseImageSearch({
        state: "old",
        label: "x",
        min_score: null,
        unlabelled: false,
        search: "",
      }),
    ).toEqual({});
  });
});

describe("isFiltered", () => {
  it("does not take order or the upload box for a filter", () => {
    expect(isFiltered({ order: "name", upload: true })).toBe(false);
    expect(isFiltered({ order: "name", state: "new" })).toBe(true);
    expect(filterOf({ order: "name", state: "new" })).toEqual({ state: "new" });
  });
});
