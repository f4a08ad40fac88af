import { expect, it } from "vitest";
import type { CurvePoint } from "../types";
import { acceptedShare, curveSeries } from "./curve";

const point = (number: number, images: number, value: number): CurvePoint => ({
  model: String(number),
  number,
  labelled_images: images,
  labelled_objects: images * 10,
  metric: "map50_95",
  value,
  created_at: "",
});

it("draws one line over labelled images and lets the better of two models count", () => {
  const series = curveSeries(
    [point(2, 30, 0.6), point(1, 10, 0.2), point(3, 30, 0.5)],
    "labelled_images",
  );
  expect(series.map((one) => [one.name, one.points])).toEqual([
    [
      "mAP50-95",
      [
        [10, 0.2],
        [30, 0.6],
      ],
    ],
  ]);
});

it("has no line without points", () => {
  expect(curveSeries([], "labelled_objects")).toEqual([]);
});

it("counts corrected predictions as taken", () => {
  const model = { id: "m", number: 1 };
  expect(acceptedShare({ model, accepted: 6, edited: 2, rejected: 2, pending: 9 })).toBe(0.8);
  expect(acceptedShare({ model, accepted: 0, edited: 0, rejected: 0, pending: 9 })).toBeNull();
});
