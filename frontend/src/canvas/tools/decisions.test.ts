// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../testing/editor-driver";
import { box, boxAnnotation, prediction } from "../testing/fixtures";

const suggestions = () =>
  new EditorDriver(
    [boxAnnotation("own", 300, 200, 50, 50)],
    [
      prediction("sure", box(10, 10, 40, 40), 0.9, 2),
      prediction("maybe", box(100, 10, 40, 40), 0.5, 3),
      prediction("hardly", box(200, 10, 40, 40), 0.1, 3),
    ],
  );
const shown = (driver: EditorDriver): string[] =>
  driver.editor.getSnapshot().predictions.map((record) => record.id);

describe("suggestions", () => {
  it("are kept apart from annotations, least certain first, above the threshold", () => {
    const driver = suggestions();
    expect(shown(driver)).toEqual(["maybe", "sure"]);
    expect(driver.editor.getSnapshot().predictionsBelow).toBe(1);
    expect(driver.shapes.map((record) => record.id)).toEqual(["own"]);
    driver.editor.setThreshold(0);
    expect(shown(driver)).toEqual(["hardly", "maybe", "sure"]);
  });

  it("are not hit below the threshold", () => {
    const driver = suggestions().click(220, 30).expectSelection();
    driver.editor.setThreshold(0.1);
    driver.click(220, 30).expectSelection("hardly");
  });

  it("accepted become annotations and the next one is selected", () => {
    const driver = suggestions();
    driver.editor.acceptPrediction("maybe");
    expect(driver.operations).toMatchObject([
      {
        kind: "create",
        annotation: { label: 3, source: "prediction", prediction: "maybe", score: 0.5 },
      },
    ]);
    driver.expectSelection("sure");
    driver.editor.acceptPrediction();
    driver.expectSelection();
    expect(shown(driver)).toEqual([]);
  });

  it("can be gone through with one key each, starting from nothing", () => {
    const driver = suggestions();
    driver.editor.acceptPrediction();
    driver.editor.rejectPrediction();
    expect(driver.operations.map((operation) => operation.kind)).toEqual(["create"]);
    expect(driver.rejections).toEqual([{ rejected: ["sure"], restored: [] }]);
    expect(driver.editor.acceptPrediction()).toBe(0);
  });

  it("come back by undo, whether accepted or rejected", () => {
    const driver = suggestions();
    driver.editor.rejectPrediction("maybe");
    driver.editor.acceptPrediction("sure");
    expect(shown(driver)).toEqual([]);
    driver.undo();
    expect(shown(driver)).toEqual(["sure"]);
    driver.undo();
    expect(shown(driver)).toEqual(["maybe", "sure"]);
    expect(driver.rejections.at(-1)).toEqual({ rejected: [], restored: ["maybe"] });
    driver.expectOperations("create", "delete");
  });

  it("are all accepted or rejected in one step", () => {
    const driver = suggestions();
    expect(driver.editor.acceptAll()).toBe(2);
    expect(driver.editor.rejectBelow()).toBe(1);
    expect(driver.rejections).toEqual([{ rejected: ["hardly"], restored: [] }]);
    driver.undo().undo();
    expect(shown(driver)).toEqual(["maybe", "sure"]);
    expect(driver.shapes).toHaveLength(1);
  });

  it("are accepted as edited when moved, resized or relabelled", () => {
    const driver = suggestions().drag([30, 30], [40, 30]).expectSelection("new-1");
    driver.expectBox("new-1", { x: 20, y: 10, w: 40, h: 40 });
    driver.editor.select(["maybe"]);
    driver.editor.pickLabel(7);
    expect(driver.operations).toMatchObject([
      { kind: "create", annotation: { source: "prediction_edited", prediction: "sure", label: 2 } },
      {
        kind: "create",
        annotation: { source: "prediction_edited", prediction: "maybe", label: 7 },
      },
    ]);
    driver.undo().undo();
    expect(shown(driver)).toEqual(["maybe", "sure"]);
  });

  it("are rejected by Delete", () => {
    const driver = suggestions().click(30, 30).key("Delete").expectSelection();
    expect(driver.rejections).toEqual([{ rejected: ["sure"], restored: [] }]);
    driver.expectOperations();
  });

  it("can be hidden and are then neither hit nor accepted", () => {
    const driver = suggestions();
    driver.editor.setVisibility({ predictions: false });
    driver.click(30, 30).expectSelection();
    expect(driver.editor.acceptAll()).toBe(0);
  });

  it("are replaced when a new model has run", () => {
    const driver = suggestions();
    driver.editor.setPredictions([prediction("new", box(0, 0, 20, 20), 0.7)]);
    expect(shown(driver)).toEqual(["new"]);
    expect(driver.shapes.map((record) => record.id)).toEqual(["own"]);
    expect(driver.editor.getSnapshot().canUndo).toBe(false);
  });

  it("come first in the order of Tab", () => {
    const driver = suggestions();
    const visited: (string | undefined)[] = [];
    for (let i = 0; i < 4; i += 1) {
      driver.editor.selectNext(1);
      visited.push(driver.editor.getSnapshot().selection[0]);
    }
    expect(visited).toEqual(["maybe", "sure", "own", "maybe"]);
    driver.editor.selectNext(-1);
    driver.expectSelection("own");
  });
});
