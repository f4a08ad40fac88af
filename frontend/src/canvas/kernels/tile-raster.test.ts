// @vitest-environment node
import { describe, expect, it } from "vitest";
import { maskFromCrop } from "../geometry/mask";
import { bytesOf } from "../testing/geometry-cases";
import { parseColor, rasterTiles } from "./tile-raster";

const mask = maskFromCrop({ x: 1, y: 1, w: 2, h: 2, data: bytesOf("1001") });
const view = { scale: 1, dx: 0, dy: 0, width: 10, height: 10 };
const alphas = (raster: ReturnType<typeof rasterTiles>) =>
  raster === null ? null : Array.from(raster.data.filter((_, i) => i % 4 === 3));

describe("raster of masks", () => {
  it("covers the bounds in view with the colour", () => {
    const raster = rasterTiles(mask, view, "#ff800080");
    expect(raster).toMatchObject({ x: 1, y: 1, width: 2, height: 2 });
    expect(Array.from(raster?.data.subarray(0, 4) ?? [])).toEqual([255, 128, 0, 128]);
    expect(alphas(raster)).toEqual([128, 0, 0, 128]);
  });

  it("keeps pixels sharp when enlarged", () => {
    const raster = rasterTiles(mask, { ...view, scale: 3 }, "#000000");
    expect(raster).toMatchObject({ x: 3, y: 3, width: 6, height: 6 });
    expect(alphas(raster)?.slice(0, 6)).toEqual([255, 255, 255, 0, 0, 0]);
  });

  it("computes only the window and what is on the canvas", () => {
    expect(rasterTiles(mask, { ...view, dx: -2 }, "#000")).toMatchObject({ x: 0, width: 1 });
    expect(rasterTiles(mask, view, "#000", { x: 2, y: 0, w: 5, h: 2 })).toMatchObject({
      x: 2,
      y: 1,
      width: 1,
      height: 1,
    });
    expect(rasterTiles(mask, { ...view, dx: 50 }, "#000")).toBeNull();
  });

  it.each([
    { color: "#fff", bytes: [255, 255, 255, 255] },
    { color: "#0102037f", bytes: [1, 2, 3, 127] },
    { color: "tomato", bytes: [255, 0, 255, 255] },
  ])("reads $color", ({ color, bytes }) => {
    expect(parseColor(color)).toEqual(bytes);
  });
});
