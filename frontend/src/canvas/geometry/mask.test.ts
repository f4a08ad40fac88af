// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EMPTY_MASK,
  type MaskCrop,
  MaskEditor,
  maskFromCrop,
  masksEqual,
  maskToCrop,
  pixelAt,
  TILE,
} from "./mask";

const size = { width: 300, height: 200 };

/** Crops that cross tile borders. */
const crops = fc
  .record({
    x: fc.integer({ min: 0, max: 2 * TILE }),
    y: fc.integer({ min: 0, max: 2 * TILE }),
    w: fc.integer({ min: 1, max: 2 * TILE }),
    h: fc.integer({ min: 1, max: 40 }),
    seed: fc.infiniteStream(fc.integer({ min: 0, max: 1 })),
  })
  .map(({ seed, ...window }): MaskCrop => {
    const data = new Uint8Array(window.w * window.h);
    for (let i = 0; i < data.length; i += 1) data[i] = seed.next().value ?? 0;
    return { ...window, data };
  });

describe("masks", () => {
  it("gives back exactly the pixels of a crop", () => {
    fc.assert(
      fc.property(crops, (crop) => {
        const mask = maskFromCrop(crop);
        expect(maskToCrop(mask, crop).data).toEqual(crop.data);
        expect(mask.area).toBe(crop.data.reduce((sum, value) => sum + value, 0));
      }),
      { numRuns: 30 },
    );
  });

  it("has tight bounds", () => {
    fc.assert(
      fc.property(crops, (crop) => {
        const mask = maskFromCrop(crop);
        const tight = maskToCrop(mask);
        const rows = Array.from({ length: tight.h }, (_, y) =>
          tight.data.subarray(y * tight.w, (y + 1) * tight.w),
        );
        const column = (x: number) => rows.some((row) => row[x] === 1);
        if (mask.area === 0) expect(mask.bbox).toEqual({ x: 0, y: 0, w: 0, h: 0 });
        else {
          expect(rows[0]?.includes(1) && rows.at(-1)?.includes(1)).toBe(true);
          expect(column(0) && column(tight.w - 1)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("paints and erases spans inside the image only", () => {
    const editor = new MaskEditor(EMPTY_MASK, size);
    editor.setSpan(10, -5, 500, 1);
    editor.setSpan(10, 100, 149, 0);
    editor.setSpan(-1, 0, 10, 1);
    editor.setSpan(200, 0, 10, 1);
    const mask = editor.commit();
    expect(mask.bbox).toEqual({ x: 0, y: 10, w: 300, h: 1 });
    expect(mask.area).toBe(250);
    expect([
      pixelAt(mask.tiles, 99, 10),
      pixelAt(mask.tiles, 100, 10),
      pixelAt(mask.tiles, -1, 10),
    ]).toEqual([1, 0, 0]);
  });

  it("leaves the version it came from alone and shares the tiles that did not change", () => {
    const before = maskFromCrop({ x: 0, y: 0, w: 200, h: 1, data: new Uint8Array(200).fill(1) });
    const editor = new MaskEditor(before, size);
    editor.setSpan(0, 0, 10, 0);
    const after = editor.commit();
    expect([before.area, after.area]).toEqual([200, 189]);
    const shared = [...after.tiles.values()].filter((tile) =>
      [...before.tiles.values()].includes(tile),
    );
    expect(shared).toHaveLength(after.tiles.size - 1);
  });

  it("can go on after a commit without touching what was committed", () => {
    const editor = new MaskEditor(EMPTY_MASK, size);
    editor.setSpan(0, 0, 3, 1);
    const first = editor.commit();
    editor.setSpan(0, 4, 9, 1);
    expect([first.area, editor.commit().area]).toEqual([4, 10]);
  });

  it("drops tiles that became empty", () => {
    const editor = new MaskEditor(
      maskFromCrop({ x: 5, y: 5, w: 2, h: 2, data: new Uint8Array(4).fill(1) }),
      size,
    );
    editor.setSpan(5, 0, 50, 0);
    editor.setSpan(6, 0, 50, 0);
    const mask = editor.commit();
    expect([mask.area, mask.tiles.size]).toEqual([0, 0]);
  });

  it("compares by pixels", () => {
    const make = (x: number) => maskFromCrop({ x, y: 0, w: 2, h: 1, data: Uint8Array.of(1, 1) });
    expect(masksEqual(make(3), make(3))).toBe(true);
    expect(masksEqual(make(3), make(4))).toBe(false);
  });
});
