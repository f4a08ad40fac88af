// @vitest-environment node
import { describe, expect, it } from "vitest";
import { maskFromCrop } from "../geometry/mask";
import { maskGeometry } from "../shapes/mask-shape";
import { shapeUtil } from "../shapes/registry";
import { EditorDriver } from "../testing/editor-driver";
import { annotation, box, boxAnnotation, polygon } from "../testing/fixtures";
import { bytesOf } from "../testing/geometry-cases";
import { transformed } from "./transforms";

const size = { width: 100, height: 100 };
const ring = maskGeometry(
  maskFromCrop({ x: 10, y: 20, w: 4, h: 4, data: bytesOf("1111" + "1001" + "1001" + "1111") }),
);
const areaAfter = (name: Parameters<typeof transformed>[1]): number | null => {
  const g = transformed(ring, name, size);
  return g === null ? null : shapeUtil(g).area(g);
};

describe("transforms", () => {
  it("fill holes and remove islands of masks", () => {
    expect(areaAfter("fill_holes")).toBe(16);
    expect(areaAfter("remove_islands")).toBe(0);
  });

  it("make polygons with holes of masks", () => {
    const g = transformed(ring, "to_polygon", size);
    expect(g).toMatchObject({ type: "polygon", parts: [{ holes: [expect.any(Array)] }] });
    expect(areaAfter("to_polygon")).toBe(12);
  });

  it("give each hole to the part around it", () => {
    const nested = maskFromCrop({
      x: 0,
      y: 0,
      w: 7,
      h: 7,
      data: bytesOf(
        "1111111" + "1000001" + "1011101" + "1010101" + "1011101" + "1000001" + "1111111",
      ),
    });
    const g = transformed(maskGeometry(nested), "to_polygon", size);
    expect(g?.type === "polygon" ? g.parts.map((part) => part.holes.length) : null).toEqual([1, 1]);
    expect(g === null ? 0 : shapeUtil(g).area(g)).toBe(nested.area);
  });

  it("make masks of shapes, and back", () => {
    const driver = new EditorDriver([
      boxAnnotation("a", 10, 10, 20, 30),
      annotation("t", { type: "tag" }),
    ]);
    driver.editor.select(["a", "t"]);
    expect(driver.editor.transformSelection("to_mask")).toBe(1);
    expect(driver.geometries[0]).toMatchObject({ type: "mask", bbox: [10, 10, 20, 30] });
    driver.editor.transformSelection("to_polygon");
    expect(driver.geometries[0]).toEqual(polygon(30, 10, 30, 40, 10, 40, 10, 10));
    driver.undo().undo();
    expect(driver.geometries[0]).toEqual(box(10, 10, 20, 30));
  });

  it("mean nothing for other kinds", () => {
    expect(transformed({ type: "tag" }, "to_mask", size)).toBeNull();
    expect(transformed({ type: "polyline", points: [0, 0, 5, 5] }, "fill_holes", size)).toBeNull();
  });
});
