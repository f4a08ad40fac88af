// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, geometryCases, textOf } from "../testing/geometry-cases";
import { compressRuns, decodeRle, encodeRle, parseRuns } from "./rle";

const cases = geometryCases();

describe("compressed run lengths", () => {
  it.each(cases.rle)(
    "writes $w × $h pixels as pycocotools does: $counts",
    ({ w, h, pixels, counts }) => {
      expect(encodeRle({ w, h, data: bytesOf(pixels) })).toBe(counts);
    },
  );

  it.each(cases.rle)("reads $counts", ({ w, h, pixels, counts }) => {
    expect(textOf(decodeRle(counts, w, h))).toBe(pixels);
  });

  it.each(cases.rle_invalid)("refuses a text that $why", ({ w, h, counts }) => {
    expect(() => decodeRle(counts, w, h)).toThrow(RangeError);
  });

  it("gives back any picture", () => {
    const pictures = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
      .chain(([w, h]) =>
        fc
          .uint8Array({ minLength: w * h, maxLength: w * h, max: 1 })
          .map((data) => ({ w, h, data })),
      );
    fc.assert(
      fc.property(pictures, (picture) => {
        expect(decodeRle(encodeRle(picture), picture.w, picture.h)).toEqual(picture.data);
      }),
    );
  });

  it("gives back any run lengths, also large ones", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000_000 })), (runs) => {
        expect(parseRuns(compressRuns(runs))).toEqual(runs);
      }),
    );
  });
});
