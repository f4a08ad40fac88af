import { describe, expect, it } from "vitest";
import { endLabels, type Series, toColumns } from "./line-chart";

const loss: Series = {
  name: "loss",
  color: "#f00",
  points: [
    [1, 0.9],
    [2, 0.5],
  ],
};
const map: Series = {
  name: "mAP",
  color: "#00f",
  points: [
    [2, 0.5],
    [4, null],
  ],
};

describe("toColumns", () => {
  it("lines series up over one x, with gaps where one has no point", () => {
    expect(toColumns([loss, map])).toEqual([
      [1, 2, 4],
      [0.9, 0.5, null],
      [null, 0.5, null],
    ]);
  });
});

describe("endLabels", () => {
  it("keeps labels of lines that end together apart", () => {
    expect(endLabels([loss, map], (y) => 100 - 100 * y, 13)).toEqual([
      { name: "loss", color: "#f00", y: 50 },
      { name: "mAP", color: "#00f", y: 63 },
    ]);
  });

  it("names no line that has no value yet", () => {
    expect(endLabels([{ ...loss, points: [] }], (y) => y, 13)).toEqual([]);
  });
});

it("keeps the names above the bottom", () => {
  const flat = ["a", "b", "c"].map((name) => ({
    name,
    color: "",
    points: [[0, 0]] as const,
  }));
  expect(endLabels(flat, () => 100, 10, 100).map((label) => label.y)).toEqual([80, 90, 100]);
});
