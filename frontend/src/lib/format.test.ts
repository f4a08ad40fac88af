import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatPercent, formatRelative, plural } from "./format";

describe("format", () => {
  it.each([
    [0, "0 %"],
    [0.004, "< 1 %"],
    [0.5, "50 %"],
    [0.999, "99 %"],
    [1, "100 %"],
  ])("percent %d is %s", (value, text) => expect(formatPercent(value)).toBe(text));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_536_000, "1.5 MB"],
    [250_000_000, "250 MB"],
  ])("%d bytes are %s", (value, text) => expect(formatBytes(value)).toBe(text));

  it.each([
    [-3, "0 s"],
    [59.6, "1 min"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
  ])("%d seconds are %s", (value, text) => expect(formatDuration(value)).toBe(text));

  it.each([
    [0, "just now"],
    [-30_000, "30 seconds ago"],
    [-200_000, "3 minutes ago"],
    [-90_000_000, "yesterday"],
    [7_200_000, "in 2 hours"],
  ])("a moment %d ms away is %s", (offset, text) =>
    expect(formatRelative(1_000_000_000 + offset, 1_000_000_000)).toBe(text),
  );

  it("counts in words", () => {
    expect([plural(1, "class", "classes"), plural(2000, "image")]).toEqual([
      "1 class",
      "2,000 images",
    ]);
  });
});
