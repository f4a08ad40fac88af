// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskFromCrop, maskToCrop } from "../geometry/mask";
import { signedRingArea } from "../geometry/polygon";
import { bytesOf, textOf } from "../testing/geometry-cases";
import { isHole, traceContours } from "./contour";
import { polygonSpans } from "./fill";

describe("contours", () => {
  it("runs around a pixel clockwise, in image coordinates", () => {
    expect(traceContours({ x: 7, y: 5, w: 1, h: 1, data: Uint8Array.of(1) })).toEqual([
      [8, 5, 8, 6, 7, 6, 7, 5],
    ]);
  });

  it("keeps diagonal neighbours apart", () => {
    const rings = traceContours({ x: 0, y: 0, w: 2, h: 2, data: bytesOf("1001") });
    expect(rings).toHaveLength(2);
  });

  it("turns holes the other way round", () => {
    const rings = traceContours({ x: 0, y: 0, w: 3, h: 3, data: bytesOf("111101111") });
    expect(rings.map(isHole)).toEqual([false, true]);
    expect(rings.map(signedRingArea)).toEqual([9, -1]);
  });

  it("encloses exactly the pixels it was traced from", () => {
    const pictures = fc
      .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }))
      .chain(([w, h]) =>
        fc
          .uint8Array({ minLength: w * h, maxLength: w * h, max: 1 })
          .map((data) => ({ w, h, data })),
      );
    fc.assert(
      fc.property(pictures, ({ w, h, data }) => {
        const rings = traceContours({ x: 0, y: 0, w, h, data });
        const area = rings.reduce((sum, ring) => sum + signedRingArea(ring), 0);
        expect(area).toBe(data.reduce((sum, value) => sum + value, 0));
        const filled = new Uint8Array(w * h);
        for (const ring of rings) {
          polygonSpans([{ outer: ring, holes: [] }], (y, x0, x1) => {
            for (let x = x0; x <= x1; x += 1) filled[y * w + x] = 1 - (filled[y * w + x] ?? 0);
          });
        }
        expect(textOf(filled)).toBe(textOf(data));
      }),
    );
  });

  it("works on tiled masks", () => {
    const data = new Uint8Array(130 * 3).fill(1);
    const mask = maskFromCrop({ x: 10, y: 62, w: 130, h: 3, data });
    expect(traceContours(maskToCrop(mask))).toEqual([[140, 62, 140, 65, 10, 65, 10, 62]]);
  });
});
