import { expect, it } from "vitest";
import { kindsText } from "./kinds";

it("names kinds of objects in words, the most frequent first", () => {
  expect(kindsText({ mask: 1, box: 4812, rotated_box: 2, cuboid: 1 })).toBe(
    "4,812 boxes, 2 rotated boxes, 1 mask, 1 cuboid",
  );
  expect(kindsText({})).toBe("");
});
