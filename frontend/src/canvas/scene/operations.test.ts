// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../testing/editor-driver";
import { annotation, box, boxAnnotation, prediction } from "../testing/fixtures";

describe("operations for the server", () => {
  it("create carries the whole annotation", () => {
    const driver = new EditorDriver().tool("box").label(4).drag([10, 10], [30, 40]);
    expect(driver.operations).toEqual([
      {
        kind: "create",
        id: "new-1",
        annotation: annotation("new-1", box(10, 10, 20, 30), { label: 4, z_order: 1, revision: 0 }),
      },
    ]);
  });

  it("update carries only what changed and the revision it was made on", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.acknowledge("a", 5);
    driver.editor.select(["a"]);
    driver.editor.relabelSelection(3);
    expect(driver.operations).toMatchObject([
      { kind: "update", id: "a", revision: 5, patch: { label: 3 } },
    ]);
    expect(driver.operations[0]).toHaveProperty("patch", { label: 3 });
  });

  it("undo of a delete restores what the server knows", () => {
    const driver = new EditorDriver([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.deleteShapes(["a"]);
    driver.undo().expectOperations("delete", "restore");
    expect(driver.operations[1]).toMatchObject({
      id: "a",
      revision: 1,
      annotation: { geometry: box(10, 10, 50, 50) },
    });
  });

  it("moving an accepted suggestion makes it an edited one", () => {
    const driver = new EditorDriver([], [prediction("p", box(10, 10, 50, 50), 0.9)]);
    driver.editor.acceptPrediction("p");
    driver.editor.select(["new-1"]);
    driver.editor.nudge(1, 0);
    expect(driver.operations).toMatchObject([
      { kind: "create", annotation: { source: "prediction", prediction: "p", score: 0.9 } },
      { kind: "update", patch: { source: "prediction_edited", geometry: { x: 11 } } },
    ]);
  });

  it("masks travel as run lengths of their tight box", () => {
    const driver = new EditorDriver().tool("brush");
    driver.editor.setBrushSize(2);
    driver.click(20, 30);
    expect(driver.operations).toMatchObject([
      { annotation: { geometry: { type: "mask", bbox: [19, 29, 2, 2], counts: "04" } } },
    ]);
  });
});
