// @vitest-environment node
import { describe, expect, it } from "vitest";
import { maskFromCrop } from "../geometry/mask";
import type { Geometry } from "../geometry/types";
import type { WireGeometry } from "../geometry/wire";
import { bytesOf } from "../testing/geometry-cases";
import { maskGeometry } from "./mask-shape";
import { geometryFromJson, geometryToJson, shapeUtil } from "./registry";
import { GeometryError } from "./shape-util";

const size = { width: 200, height: 100 };
const pixels = bytesOf("0110" + "1111" + "0110");

/** One of each kind with a place, all inside the image. */
const SHAPES: readonly Geometry[] = [
  { type: "box", x: 10, y: 20, w: 30, h: 40 },
  { type: "rotated_box", cx: 60, cy: 50, w: 40, h: 20, angle: 30 },
  { type: "ellipse", cx: 60, cy: 50, rx: 30, ry: 15, rotation: -20 },
  {
    type: "polygon",
    parts: [
      { outer: [10, 10, 90, 10, 90, 80, 10, 80], holes: [[30, 30, 50, 30, 40, 50]] },
      { outer: [120, 20, 150, 20, 130, 60], holes: [] },
    ],
  },
  { type: "polyline", points: [10, 10, 60, 20, 90, 70] },
  { type: "points", points: [20, 20, 60, 50] },
  { type: "keypoints", points: [20, 20, 2, 0, 0, 0, 60, 50, 1] },
  maskGeometry(maskFromCrop({ x: 70, y: 61, w: 4, h: 3, data: pixels })),
];

describe.each(SHAPES.map((g) => ({ g, kind: g.type })))("every shape: $kind", ({ g }) => {
  const util = shapeUtil(g);

  it("has the util of its kind", () => {
    expect(util.kind).toBe(g.type);
  });

  it("goes to JSON and back", () => {
    const wire = geometryToJson(g);
    expect(
      geometryToJson(geometryFromJson(JSON.parse(JSON.stringify(wire)) as WireGeometry)),
    ).toEqual(wire);
  });

  it("may be stored as it is", () => {
    expect(util.finish(g, size)).toEqual(g);
  });

  it("moves with its bounds, and back", () => {
    const moved = util.translate(g, { x: 7, y: 5 });
    const before = util.bounds(g);
    const after = util.bounds(moved);
    expect(after?.x).toBeCloseTo((before?.x ?? 0) + 7, 9);
    expect(after?.y).toBeCloseTo((before?.y ?? 0) + 5, 9);
    expect(after?.w).toBeCloseTo(before?.w ?? 0, 9);
    expect(util.area(moved)).toBeCloseTo(util.area(g), 6);
    expect(geometryToJson(util.translate(moved, { x: -7, y: -5 }))).toEqual(geometryToJson(g));
  });

  it("changes nothing when a handle is dropped where it was", () => {
    for (const handle of util.handles(g, 1).filter(({ kind }) => kind !== "rotate")) {
      const same = util.dragHandle(g, handle.id, handle.point, { size, constrain: false });
      const [before, after] = [util.bounds(g), util.bounds(same)];
      expect(after?.x).toBeCloseTo(before?.x ?? 0, 9);
      expect(after?.w).toBeCloseTo(before?.w ?? 0, 9);
    }
  });

  it("follows a dragged handle", () => {
    for (const handle of util.handles(g, 1).filter(({ kind }) => kind === "vertex")) {
      const to = { x: 101, y: 42 };
      const dragged = util.dragHandle(g, handle.id, to, { size, constrain: false });
      expect(util.handles(dragged, 1).find(({ id }) => id === handle.id)?.point).toMatchObject(to);
    }
  });

  it("ignores handles it does not have", () => {
    expect(util.dragHandle(g, "nonsense", { x: 1, y: 1 }, { size, constrain: false })).toEqual(g);
    expect(util.removeVertex(g, "nonsense")).toBeNull();
  });

  it("has its nearest edge on its outline", () => {
    const edge = util.nearestEdge(g, { x: 0, y: 0 });
    expect(edge?.distance).toBeGreaterThan(0);
    expect(util.nearestEdge(g, edge?.point ?? { x: 0, y: 0 })?.distance).toBeCloseTo(0, 9);
  });
});

describe("vertices", () => {
  const [, , , polygon, line] = SHAPES as [Geometry, Geometry, Geometry, Geometry, Geometry];

  it.each([
    { name: "polygon", g: polygon, at: { x: 50, y: 9 }, count: 11 },
    { name: "line", g: line, at: { x: 35, y: 16 }, count: 4 },
  ])("are inserted on the nearest edge of a $name and removed again", ({ g, at, count }) => {
    const util = shapeUtil(g);
    const edge = util.nearestEdge(g, at);
    const inserted = edge && util.insertVertex(g, edge);
    expect(util.handles(inserted?.geometry ?? g, 1)).toHaveLength(count);
    expect(inserted && util.removeVertex(inserted.geometry, inserted.handle)).toEqual(g);
  });

  it("go with their ring when too few would be left: first the hole, then the part, never the last", () => {
    const util = shapeUtil(polygon);
    const withoutHole = util.removeVertex(polygon, "v:0:1:0");
    expect(withoutHole).toMatchObject({ parts: [{ holes: [] }, {}] });
    const onePart = withoutHole && util.removeVertex(withoutHole, "v:1:0:0");
    expect(onePart).toMatchObject({ parts: [{ outer: [10, 10, 90, 10, 90, 80, 10, 80] }] });
    const triangle: Geometry = {
      type: "polygon",
      parts: [{ outer: [0, 0, 5, 0, 5, 5], holes: [] }],
    };
    expect(util.removeVertex(triangle, "v:0:0:1")).toBeNull();
  });
});

describe("storing", () => {
  it.each([
    {
      name: "a box that sticks out is clipped",
      g: { type: "box", x: -5, y: 90, w: 20, h: 20 },
      expected: { type: "box", x: 0, y: 90, w: 15, h: 10 },
    },
    {
      name: "a box outside is dropped",
      g: { type: "box", x: 300, y: 0, w: 20, h: 20 },
      expected: null,
    },
    {
      name: "coordinates are rounded",
      g: { type: "box", x: 1.23456, y: 2.999, w: 1.0001, h: 2 },
      expected: { type: "box", x: 1.23, y: 3, w: 1, h: 2 },
    },
    {
      name: "repeated points go",
      g: { type: "polyline", points: [1, 1, 1, 1, 5, 5, 5, 5] },
      expected: { type: "polyline", points: [1, 1, 5, 5] },
    },
    {
      name: "a polygon without area is dropped",
      g: { type: "polygon", parts: [{ outer: [0, 0, 5, 5, 10, 10], holes: [] }] },
      expected: null,
    },
    {
      name: "a hole without area is dropped",
      g: { type: "polygon", parts: [{ outer: [0, 0, 9, 0, 0, 9], holes: [[1, 1, 2, 2, 3, 3]] }] },
      expected: { type: "polygon", parts: [{ outer: [0, 0, 9, 0, 0, 9], holes: [] }] },
    },
    {
      name: "key points without a visible one are dropped",
      g: { type: "keypoints", points: [1, 1, 0] },
      expected: null,
    },
    {
      name: "an ellipse without a radius is dropped",
      g: { type: "ellipse", cx: 5, cy: 5, rx: 0, ry: 3, rotation: 0 },
      expected: null,
    },
  ] as { name: string; g: Geometry; expected: Geometry | null }[])("$name", ({ g, expected }) => {
    expect(shapeUtil(g).finish(g, size)).toEqual(expected);
  });

  it("a mask that sticks out loses what is outside", () => {
    const mask = maskGeometry(maskFromCrop({ x: 198, y: 98, w: 4, h: 3, data: pixels }));
    expect(geometryToJson(shapeUtil(mask).finish(mask, size) ?? mask)).toMatchObject({
      bbox: [198, 98, 2, 2],
    });
  });
});

describe("reading", () => {
  it.each([
    { type: "box", x: 1, y: 2, w: -3, h: 4 },
    { type: "box", x: Number.NaN, y: 2, w: 3, h: 4 },
    { type: "box", x: "1", y: 2, w: 3, h: 4 },
    { type: "rotated_box", cx: 0, cy: 0, w: 1, h: -1, angle: 0 },
    { type: "ellipse", cx: 0, cy: 0, rx: -1, ry: 1, rotation: 0 },
    { type: "polygon", parts: [] },
    { type: "polygon", parts: [{ outer: [0, 0, 1, 1], holes: [] }] },
    { type: "polyline", points: [0, 0] },
    { type: "keypoints", points: [0, 0] },
    { type: "mask", bbox: [0.5, 0, 2, 2], counts: "4" },
    { type: "mask", bbox: [-1, 0, 2, 2], counts: "4" },
    { type: "mask", bbox: [0, 0, 2, 2], counts: "9" },
    { type: "teapot" },
  ])("refuses $type with a sentence: %o", (wire) => {
    expect(() => geometryFromJson(wire as WireGeometry)).toThrow(GeometryError);
  });
});
