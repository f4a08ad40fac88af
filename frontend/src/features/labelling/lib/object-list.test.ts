import { describe, expect, it } from "vitest";
import { newRecord } from "@/canvas/scene/records";
import { countByLabel, objectRows, sizeText } from "./object-list";

const box = (id: string, label: number, zOrder: number, w: number, score: number | null = null) =>
  newRecord({ id, label, zOrder, score, geometry: { type: "box", x: 0, y: 0, w, h: 10 } });

const names: Readonly<Record<number, string>> = { 1: "car", 2: "bus" };
const nameOf = (label: number) => names[label] ?? "?";
const shapes = [
  box("a", 1, 1, 50, 0.9),
  box("b", 2, 2, 20),
  box("c", 1, 3, 90.4, 0.3),
  newRecord({ id: "t", label: 2, zOrder: 0, geometry: { type: "tag" } }),
];

describe("objectRows", () => {
  it.each([
    ["drawn", ["c", "b", "a"]],
    ["class", ["b", "c", "a"]],
    ["size", ["c", "a", "b"]],
    ["score", ["c", "a", "b"]],
  ] as const)("in order of %s", (order, ids) => {
    expect(objectRows(shapes, { order, search: "", nameOf }).map(({ id }) => id)).toEqual(ids);
  });

  it("finds classes by a part of their name", () => {
    expect(
      objectRows(shapes, { order: "drawn", search: " BU", nameOf }).map(({ id }) => id),
    ).toEqual(["b"]);
  });
});

it("counts shapes and says how large they are", () => {
  expect([...countByLabel(shapes)]).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(shapes.map(sizeText)).toEqual(["50 × 10 px", "20 × 10 px", "90 × 10 px", "Whole image"]);
});
