import { expect, it } from "vitest";
import { outlineOf } from "./outline";

it("draws boxes, masks and polygons with holes", () => {
  expect(outlineOf({ type: "box", x: 1, y: 2, w: 3, h: 4 })).toBe("M1 2h3v4h-3Z");
  expect(outlineOf({ type: "mask", bbox: [5, 6, 7, 8], counts: "" })).toBe("M5 6h7v8h-7Z");
  expect(
    outlineOf({
      type: "polygon",
      parts: [{ outer: [0, 0, 9, 0, 9, 9], holes: [[1, 1, 2, 1, 2, 2]] }],
    }),
  ).toBe("M0 0L9 0L9 9ZM1 1L2 1L2 2Z");
});

it("draws nothing for what has no outline", () => {
  expect(outlineOf({ type: "tag" })).toBe("");
  expect(outlineOf({ type: "polygon", parts: null })).toBe("");
});
