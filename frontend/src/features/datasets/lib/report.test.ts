import { expect, it } from "vitest";
import { countsOf, lossesOf, splitText } from "./report";

it("writes splits in their order and leaves empty ones out", () => {
  expect(splitText({ val: 10, train: 1040, test: 0 })).toBe("1,040 train, 10 val");
  expect(splitText({})).toBe("none");
});

it("shows plain numbers of a report", () => {
  expect(countsOf({ counts: { images: 3, missing_on_disc: 1, by_type: { box: 2 } } })).toEqual([
    ["images", 3],
    ["missing on disc", 1],
  ]);
});

it("reads losses as sentences", () => {
  expect(lossesOf({ lossy: ["a", { code: "c", count: 2, text: "2 masks" }] })).toEqual([
    "a",
    "2 masks",
  ]);
});
