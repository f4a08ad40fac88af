import { expect, it } from "vitest";
import { flatFacts } from "./facts";

it("flattens nested facts and leaves empty ones out", () => {
  expect(
    flatFacts({ seed: 0, empty: "", none: null, list: ["a", 1], data_set: { hash: "x", n: 3 } }),
  ).toEqual([
    ["seed", "0"],
    ["list", "a, 1"],
    ["data set › hash", "x"],
    ["data set › n", "3"],
  ]);
});
