// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../testing/editor-driver";
import { annotation, box, boxAnnotation, prediction } from "../testing/fixtures";

const scene = () =>
  new EditorDriver(
    [
      boxAnnotation("a", 10, 10, 50, 50),
      boxAnnotation("b", 100, 10, 50, 50),
      annotation("tag", { type: "tag" }),
    ],
    [prediction("p", box(200, 100, 30, 30), 0.8)],
  );

describe("commands", () => {
  it("select all takes visible annotations that have a place", () => {
    const driver = scene();
    driver.editor.selectAll();
    driver.expectSelection("a", "b");
    driver.editor.setVisibility({ hiddenShapes: new Set(["a"]) });
    driver.editor.selectAll();
    driver.expectSelection("b");
  });

  it("relabel is one step for many", () => {
    const driver = scene();
    driver.editor.selectAll();
    driver.editor.relabelSelection(9);
    expect(driver.shapes.map((record) => record.label)).toEqual([9, 9, 1]);
    driver.undo();
    expect(driver.shapes.map((record) => record.label)).toEqual([1, 1, 1]);
  });

  it("pick label relabels a selection, otherwise it chooses the class", () => {
    const driver = scene();
    driver.editor.pickLabel(4);
    expect(driver.editor.getSnapshot().activeLabel).toBe(4);
    driver.editor.select(["a"]);
    driver.editor.pickLabel(5);
    expect([driver.editor.shape("a")?.label, driver.editor.getSnapshot().activeLabel]).toEqual([
      5, 4,
    ]);
  });

  it("tags are toggled", () => {
    const driver = scene();
    driver.editor.toggleTag(1);
    driver.editor.toggleTag(2);
    expect(driver.shapes.filter((r) => r.geometry.type === "tag").map((r) => r.label)).toEqual([2]);
    driver.expectOperations("delete", "create");
  });

  it("duplicates are new, selected and a little aside", () => {
    const driver = scene();
    driver.editor.select(["a"]);
    driver.editor.duplicateSelection();
    driver.expectSelection("new-1").expectBox("new-1", { x: 22, y: 22, w: 50, h: 50 }).undo();
    expect(driver.shapes).toHaveLength(3);
  });

  it("pasted shapes are one step, selected, and inside the image", () => {
    const driver = scene();
    const ids = driver.editor.addShapes([
      { label: 3, geometry: box(380, 280, 50, 50) },
      { label: 4, geometry: box(900, 900, 5, 5) },
      { label: 5, geometry: { type: "tag" }, attributes: { weather: "rain" } },
    ]);
    expect(ids).toHaveLength(2);
    driver.expectSelection(...ids).expectBox(ids[0] ?? "", { x: 380, y: 280, w: 20, h: 20 });
    expect(driver.undo().shapes).toHaveLength(3);
  });

  it("attributes are merged", () => {
    const driver = scene();
    driver.editor.setAttributes(["a"], { occluded: true });
    driver.editor.setAttributes(["a"], { colour: "red" });
    expect(driver.editor.shape("a")?.attributes).toEqual({ occluded: true, colour: "red" });
    expect(driver.operations.at(-1)).toMatchObject({
      patch: { attributes: { occluded: true, colour: "red" } },
    });
  });

  it("locked shapes are neither hit nor changed", () => {
    const driver = scene();
    driver.editor.setLocked(["a"], true);
    driver.click(30, 30).expectSelection();
    driver.editor.select(["a", "b"]);
    driver
      .key("ArrowRight")
      .expectBox("a", { x: 10, y: 10, w: 50, h: 50 })
      .expectBox("b", { x: 101, y: 10, w: 50, h: 50 });
    driver.key("Delete").expectSelection("a");
    driver.editor.setLocked(["a"], false);
    driver.click(30, 30).drag([30, 30], [40, 30]).expectBox("a", { x: 20, y: 10, w: 50, h: 50 });
  });

  it("zoom to the selection brings it to the middle", () => {
    const driver = scene();
    driver.editor.select(["b"]);
    driver.editor.zoomToSelection();
    const middle = driver.editor.workspace.view.toScreen({ x: 125, y: 35 });
    expect([Math.round(middle.x), Math.round(middle.y)]).toEqual([200, 150]);
    driver.editor.zoomToFit();
    expect(driver.editor.getSnapshot().zoom).toBeLessThan(1);
  });

  it("hidden classes are not hit; showing only some hides the rest", () => {
    const driver = scene();
    driver.editor.setVisibility({ hiddenLabels: new Set([1]) });
    driver.click(30, 30).expectSelection();
    driver.editor.setVisibility({ hiddenLabels: new Set(), only: new Set(["b"]) });
    driver.click(30, 30).expectSelection().click(120, 30).expectSelection("b");
    driver.editor.setVisibility({ only: null, hideAll: true });
    driver.click(30, 30).expectSelection();
  });
});
