// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../../testing/editor-driver";
import { box, boxAnnotation } from "../../testing/fixtures";

const boxTool = (...args: ConstructorParameters<typeof EditorDriver>) =>
  new EditorDriver(...args).tool("box");

describe("box tool", () => {
  it("draws by drag and stays ready for the next", () => {
    boxTool()
      .drag([10, 20], [60, 90])
      .drag([200, 200], [150, 100])
      .expectShapes(box(10, 20, 50, 70), box(150, 100, 50, 100))
      .expectOperations("create", "create")
      .expectState("box.idle")
      .expectSelection();
  });

  it("draws by two clicks", () => {
    boxTool()
      .click(10, 20)
      .expectState("box.drawing")
      .click(60, 90)
      .expectShapes(box(10, 20, 50, 70));
  });

  it("shows the box and its label while drawing", () => {
    const driver = boxTool().label(3).pointerDown(10, 20).pointerMove(30, 50);
    expect(driver.editor.workspace.live.draft).toMatchObject({
      label: 3,
      geometry: { x: 10, y: 20, w: 20, h: 30 },
    });
    driver.pointerUp();
    expect(driver.shapes.map((record) => record.label)).toEqual([3]);
  });

  it("passes through existing shapes", () => {
    boxTool([boxAnnotation("old", 0, 0, 200, 200)])
      .drag([50, 50], [100, 100])
      .expectShapes(box(0, 0, 200, 200), box(50, 50, 50, 50));
  });

  it("selects for the moment while Control is held", () => {
    boxTool([boxAnnotation("old", 20, 20, 100, 100)])
      .hold({ ctrl: true })
      .expectState("select.idle")
      .drag([50, 50], [60, 50])
      .expectBox("old", { x: 30, y: 20, w: 100, h: 100 })
      .expectSelection("old")
      .hold()
      .expectState("box.idle")
      .drag([200, 200], [250, 250])
      .expectShapes(box(30, 20, 100, 100), box(200, 200, 50, 50));
  });

  it("refuses slips of the hand and says so", () => {
    boxTool()
      .drag([10, 10], [60, 12])
      .expectShapes()
      .expectNotices("too_small")
      .expectState("box.idle");
  });

  it("allows small boxes when zoomed in", () => {
    const driver = boxTool();
    driver.editor.zoomBy(10, { x: 0, y: 0 });
    driver.drag([100, 100], [120, 130]).expectShapes(box(10, 10, 2, 3));
  });

  it("stays inside the image", () => {
    boxTool()
      .drag([380, 280], [500, 500])
      .expectShapes(box(380, 280, 20, 20));
  });

  it("makes squares with Shift", () => {
    boxTool()
      .hold({ shift: true })
      .drag([10, 10], [60, 30])
      .expectShapes(box(10, 10, 50, 50));
  });

  it("needs a class", () => {
    const driver = boxTool();
    driver.editor.setActiveLabel(null);
    driver.drag([10, 10], [60, 60]).expectShapes().expectNotices("no_label");
  });

  it("cancels, deselects, goes back to select with Escape", () => {
    const driver = boxTool([boxAnnotation("old", 20, 20, 100, 100)]);
    driver.editor.select(["old"]);
    driver
      .pointerDown(200, 200)
      .pointerMove(250, 250)
      .key("Escape")
      .expectState("box.idle")
      .expectSelection("old");
    driver.pointerUp().key("Escape").expectSelection().expectState("box.idle");
    driver.key("Escape").expectState("select.idle");
  });

  it("drops the first corner on undo instead of the last shape", () => {
    boxTool()
      .drag([10, 10], [50, 50])
      .click(100, 100)
      .undo()
      .expectState("box.idle")
      .expectShapes(box(10, 10, 40, 40));
  });

  it("pans with Space in the middle of a drawing", () => {
    const driver = boxTool();
    driver.editor.zoomBy(2, { x: 0, y: 0 });
    driver
      .click(20, 20)
      .keyDown(" ")
      .expectCursor("grab")
      .pointerDown(100, 100)
      .expectCursor("grabbing");
    driver.pointerMove(80, 90).pointerUp().keyUp(" ").expectState("box.drawing").click(180, 190);
    driver.expectShapes(box(10, 10, 90, 90));
  });

  it("draws ellipses and rotated boxes the same way", () => {
    new EditorDriver()
      .tool("ellipse")
      .drag([10, 10], [50, 30])
      .tool("rotated_box")
      .drag([100, 100], [140, 120])
      .expectShapes(
        { type: "ellipse", cx: 30, cy: 20, rx: 20, ry: 10, rotation: 0 },
        { type: "rotated_box", cx: 120, cy: 110, w: 40, h: 20, angle: 0 },
      );
  });

  it("snaps to neighbours and to the border when snapping is on", () => {
    const driver = boxTool([boxAnnotation("old", 20, 20, 100, 100)]);
    driver.editor.setSnap(true);
    driver.drag([123, 18], [396, 150]).expectShapes(box(20, 20, 100, 100), box(120, 20, 280, 130));
  });
});
