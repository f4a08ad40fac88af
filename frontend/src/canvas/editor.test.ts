// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "./testing/editor-driver";
import { annotation, box, boxAnnotation, polygon } from "./testing/fixtures";

describe("editor", () => {
  it("gives the same snapshot until something changes, and keeps lists that did not", () => {
    const { editor } = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]);
    const first = editor.getSnapshot();
    expect(editor.getSnapshot()).toBe(first);
    editor.setThreshold(first.threshold);
    expect(editor.getSnapshot()).toBe(first);
    editor.select(["a"]);
    const second = editor.getSnapshot();
    expect(second).not.toBe(first);
    expect(second.shapes).toBe(first.shapes);
  });

  it("tells listeners once per call, and not at all about mere pointer moves", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]);
    let calls = 0;
    driver.editor.subscribe(() => {
      calls += 1;
    });
    driver.pointerMove(200, 200).pointerMove(210, 200);
    expect(calls).toBe(0);
    driver.editor.deleteShapes(["a"]);
    expect(calls).toBe(1);
  });

  it("watches a part of the state", () => {
    const { editor } = new EditorDriver();
    const seen: (number | null)[] = [];
    const stop = editor.watch(
      (snapshot) => snapshot.activeLabel,
      (label) => seen.push(label),
    );
    editor.setActiveLabel(3);
    editor.setBrushSize(5);
    editor.setActiveLabel(4);
    stop();
    editor.setActiveLabel(5);
    expect(seen).toEqual([3, 4]);
  });

  it("opens an image although a shape in it cannot be drawn, and says which", () => {
    const broken = annotation("broken", { type: "mask", bbox: [0, 0, 5, 5], counts: "1" });
    const strange = annotation("strange", { type: "cube" } as never);
    const { editor } = new EditorDriver([broken, boxAnnotation("a", 1, 1, 5, 5), strange]);
    expect(editor.getSnapshot().shapes.map((record) => record.id)).toEqual(["a"]);
    expect(editor.getSnapshot().problems).toEqual([
      { id: "broken", message: "Run lengths cover 1 pixels, not the 5 × 5 of the mask." },
      { id: "strange", message: 'This version cannot draw shapes of kind "cube".' },
    ]);
  });

  it("drops a gesture and the selection when another image is opened, and keeps tool and class", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)])
      .tool("box")
      .label(6)
      .click(10, 10);
    driver.editor.select(["a"]);
    driver
      .load({ id: "image-2", width: 100, height: 100 })
      .expectState("box.idle")
      .expectSelection()
      .expectShapes();
    expect(driver.editor.getSnapshot()).toMatchObject({
      imageId: "image-2",
      tool: "box",
      activeLabel: 6,
      canUndo: false,
    });
  });

  it("can still undo after coming back to an image", () => {
    const driver = new EditorDriver().tool("box").drag([10, 10], [50, 50]);
    const saved = annotation("new-1", box(10, 10, 40, 40), { z_order: 1 });
    driver.load({ id: "image-2", width: 100, height: 100 });
    driver.load({ id: "image-1", width: 400, height: 300 }, [saved]).undo().expectShapes();
    expect(driver.operations.at(-1)).toMatchObject({ kind: "delete", id: "new-1" });
  });

  it("takes in remote changes in the middle of a gesture", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)])
      .pointerDown(30, 30)
      .pointerMove(60, 30);
    driver.editor.applyRemote([boxAnnotation("b", 200, 10, 50, 50)], ["a"]);
    driver
      .pointerUp()
      .expectShapes(box(200, 10, 50, 50))
      .expectSelection()
      .expectOperations();
  });

  it("undo keeps the revision that the server gave meanwhile", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]).drag([30, 30], [40, 30]);
    driver.editor.acknowledge("a", 8, "2026-01-01T00:00:00Z");
    driver.undo();
    expect(driver.editor.shape("a")).toMatchObject({ revision: 8, geometry: { x: 10 } });
    expect(driver.operations.at(-1)).toMatchObject({ revision: 8 });
  });

  it("undo leaves alone what somebody else changed meanwhile", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]).drag([30, 30], [40, 30]);
    driver.editor.applyRemote([{ ...boxAnnotation("a", 20, 10, 50, 50), label: 7, revision: 3 }]);
    driver.undo();
    expect(driver.editor.shape("a")).toMatchObject({ label: 7, revision: 3, geometry: { x: 10 } });
    expect(driver.operations.at(-1)).toHaveProperty("patch", { geometry: box(10, 10, 50, 50) });
  });

  it("selects what undo and redo bring back", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.deleteShapes(["a"]);
    driver.undo().expectSelection("a").redo().expectSelection();
  });

  it("takes wire geometry in and gives it back unchanged", () => {
    const geometries = [
      box(1.5, 2.5, 10, 10),
      polygon(1, 1, 9, 1, 9, 9),
      { type: "rotated_box", cx: 50, cy: 50, w: 20, h: 10, angle: 33 },
      { type: "ellipse", cx: 50, cy: 50, rx: 20, ry: 10, rotation: -12 },
      { type: "polyline", points: [1, 2, 3, 4, 5, 6] },
      { type: "keypoints", points: [1, 2, 2, 0, 0, 0, 5, 6, 1] },
      { type: "mask", bbox: [3, 4, 3, 2], counts: "06" },
      { type: "tag" },
    ] as const;
    const wire = geometries.map((g, i) => annotation(`${i}`, structuredClone(g) as never));
    const driver = new EditorDriver(wire);
    expect(driver.geometries).toEqual(geometries);
  });
});
