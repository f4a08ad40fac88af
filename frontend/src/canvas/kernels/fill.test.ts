// @vitest-environment node
import { describe, expect, it } from "vitest";
import { bytesOf, geometryCases, textOf } from "../testing/geometry-cases";
import { fillHoles, polygonSpans, removeIslands } from "./fill";

const cases = geometryCases();

describe("polygon to pixels", () => {
  it.each(cases.polygon_pixels)("fills $outer without $holes", ({ outer, holes, w, h, pixels }) => {
    const data = new Uint8Array(w * h);
    polygonSpans([{ outer, holes }], (y, x0, x1) => data.fill(1, y * w + x0, y * w + x1 + 1));
    expect(textOf(data)).toBe(pixels);
  });

  it("covers neighbours that share an edge without gap or overlap", () => {
    const data = new Uint8Array(100);
    const add = (outer: number[]) =>
      polygonSpans([{ outer, holes: [] }], (y, x0, x1) => {
        for (let x = x0; x <= x1; x += 1) data[y * 10 + x] = (data[y * 10 + x] ?? 0) + 1;
      });
    add([0, 0, 10, 0, 0, 10]);
    add([10, 0, 10, 10, 0, 10]);
    expect(new Set(data)).toEqual(new Set([1]));
  });
});

describe("cleaning masks", () => {
  const crop = { x: 0, y: 0, w: 6, h: 4, data: bytesOf("111100" + "100101" + "111100" + "000000") };

  it("fills holes but not bays", () => {
    expect(textOf(fillHoles(crop).data)).toBe("111100" + "111101" + "111100" + "000000");
    const open = { ...crop, data: bytesOf("110100" + "100101" + "111100" + "000000") };
    expect(textOf(fillHoles(open).data)).toBe(textOf(open.data));
  });

  it("removes islands below a size", () => {
    expect(textOf(removeIslands(crop, 2).data)).toBe("111100" + "100100" + "111100" + "000000");
    expect(textOf(removeIslands(crop, 1).data)).toBe(textOf(crop.data));
  });
});
