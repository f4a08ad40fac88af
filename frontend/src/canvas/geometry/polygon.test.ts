// @vitest-environment node
import { describe, expect, it } from "vitest";
import { geometryCases } from "../testing/geometry-cases";
import {
  nearestEdge,
  partsArea,
  partsContain,
  pointAt,
  polylineLength,
  signedRingArea,
} from "./polygon";

const cases = geometryCases();

describe("polygons", () => {
  it.each(cases.polygon_area)("area of $outer without $holes", ({ outer, holes, expected }) => {
    expect(partsArea([{ outer, holes }])).toBeCloseTo(expected, 9);
  });

  it.each(cases.point_in_polygon)(
    "$point in $outer: $expected",
    ({ outer, holes, point, expected }) => {
      expect(partsContain([{ outer, holes }], { x: point[0], y: point[1] })).toBe(expected);
    },
  );

  it.each(cases.polyline_length)("length of $points", ({ points, expected }) => {
    expect(polylineLength(points)).toBeCloseTo(expected, 9);
  });

  it("counts area clockwise on screen as positive", () => {
    expect(signedRingArea([0, 0, 4, 0, 4, 4, 0, 4])).toBe(16);
    expect(signedRingArea([0, 0, 0, 4, 4, 4, 4, 0])).toBe(-16);
  });

  it("wraps indices around", () => {
    expect(pointAt([1, 2, 3, 4, 5, 6], -1)).toEqual({ x: 5, y: 6 });
    expect(pointAt([1, 2, 3, 4, 5, 6], 3)).toEqual({ x: 1, y: 2 });
  });

  it("finds the nearest edge, the closing one only when closed", () => {
    const square = [0, 0, 10, 0, 10, 10, 0, 10];
    expect(nearestEdge(square, { x: -1, y: 5 }, true)).toEqual({
      index: 3,
      distance: 1,
      point: { x: 0, y: 5 },
    });
    expect(nearestEdge(square, { x: -1, y: 4 }, false)?.index).toBe(0);
    expect(nearestEdge([1, 1], { x: 0, y: 0 }, true)).toBeNull();
  });
});
