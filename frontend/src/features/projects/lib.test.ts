import { describe, expect, it } from "vitest";
import { lastDays, parseClasses, windowOf, withKeys } from "./lib";

describe("parseClasses", () => {
  it("takes lines and commas, drops blanks and repetitions", () => {
    expect(parseClasses("red cell\n white cell,platelet\n\nRed Cell;  ")).toEqual([
      "red cell",
      "white cell",
      "platelet",
    ]);
  });
});

describe("lastDays", () => {
  it("fills the gaps, across the end of a month", () => {
    const known = [{ date: "2026-03-01", count: 4 }];
    expect(lastDays(known, 3, new Date("2026-03-02T23:30:00Z"))).toEqual([
      { date: "2026-02-28", count: 0 },
      { date: "2026-03-01", count: 4 },
      { date: "2026-03-02", count: 0 },
    ]);
  });
});

describe("windowOf", () => {
  it.each([
    [[], 7],
    [["2026-03-02"], 7],
    [["2026-02-20", "2026-03-02"], 11],
    [["2025-01-01"], 21],
  ])("%j: %d days", (dates, days) => {
    const known = dates.map((date) => ({ date, count: 1 }));
    expect(windowOf(known, 21, new Date("2026-03-02T12:00:00Z"))).toBe(days);
  });
});

describe("withKeys", () => {
  it("gives colours in palette order and number keys to the first ten", () => {
    const labels = withKeys(Array.from({ length: 11 }, (_, index) => `c${index}`));
    expect(labels.map((label) => label.hotkey).join("|")).toBe("1|2|3|4|5|6|7|8|9|0|");
    expect(labels[0]).toEqual({ name: "c0", color: "#f6494d", hotkey: "1" });
  });
});
