// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../../testing/editor-driver";
import { boxAnnotation } from "../../testing/fixtures";

function brush(size: number, ...args: ConstructorParameters<typeof EditorDriver>): EditorDriver {
  const driver = new EditorDriver(...args).tool("brush");
  driver.editor.setBrushSize(size);
  return driver;
}

const areas = (driver: EditorDriver): number[] =>
  driver.shapes.map(({ geometry }) => (geometry.type === "mask" ? geometry.mask.area : -1));

describe("brush", () => {
  it("of one pixel paints exactly one pixel", () => {
    brush(1)
      .click(20.7, 30.2)
      .expectShapes({ type: "mask", bbox: [20, 30, 1, 1], counts: "01" });
  });

  it("goes on with the mask that was begun, until Enter", () => {
    const driver = brush(1).click(10, 10).click(12, 10);
    expect(areas(driver)).toEqual([2]);
    driver.key("Enter").expectSelection().click(14, 10);
    expect(areas(driver)).toEqual([2, 1]);
    driver.expectOperations("create", "update", "create");
  });

  it("uses every position that the system merged into one event", () => {
    const driver = brush(1).pointerDown(10, 10);
    driver.editor.dispatch({
      type: "pointer_move",
      point: { x: 14, y: 10 },
      samples: [
        { x: 12, y: 14 },
        { x: 14, y: 10 },
      ],
      button: 0,
      pointerType: "mouse",
      shift: false,
      alt: false,
      ctrl: false,
    });
    driver.pointerUp(14, 10);
    expect(driver.geometries).toMatchObject([{ bbox: [10, 10, 5, 5] }]);
  });

  it("leaves no step behind for a stroke that changed nothing", () => {
    const driver = brush(5).click(50, 50).click(50, 50).expectOperations("create");
    driver.undo().expectShapes();
  });

  it("draws a straight line from the last stroke with Shift", () => {
    const driver = brush(1).click(10, 10).hold({ shift: true }).click(30, 10);
    expect(areas(driver)).toEqual([21]);
  });

  it("undoes stroke by stroke", () => {
    const driver = brush(3).click(50, 50).click(60, 50);
    expect(areas(driver)).toEqual([18]);
    driver.undo();
    expect(areas(driver)).toEqual([9]);
    driver.undo().expectShapes();
    driver.redo().redo();
    expect(areas(driver)).toEqual([18]);
  });

  it("shows the stroke while it is painted and stores nothing before the release", () => {
    const driver = brush(5).pointerDown(50, 50).pointerMove(60, 50).expectState("brush.painting");
    const { live } = driver.editor.workspace;
    expect(live.stroke?.dirty).not.toBeNull();
    expect(live.stroke?.target).toBeNull();
    driver.expectShapes().key("Escape").pointerUp().expectShapes().expectState("brush.idle");
  });

  it("is cut off at the border of the image", () => {
    const driver = brush(10).click(0, 0).key("Enter").click(399.9, 299.9);
    expect(driver.geometries).toMatchObject([{ bbox: [0, 0, 5, 5] }, { bbox: [395, 295, 5, 5] }]);
  });

  it("paints through other shapes and needs a class", () => {
    const driver = brush(3, [boxAnnotation("old", 0, 0, 200, 200)]).click(50, 50);
    expect(driver.shapes).toHaveLength(2);
    driver.editor.setActiveLabel(null);
    driver.key("Enter").click(100, 100).expectNotices("no_label");
  });

  it("hides the cursor: the ring shows where it paints", () => {
    brush(3).pointerMove(10, 10).expectCursor("none").hold({ ctrl: true }).expectCursor("default");
  });
});

describe("eraser", () => {
  it("takes away from the mask under the pointer", () => {
    const driver = brush(5).click(50, 50).key("Enter").tool("eraser");
    driver.editor.setBrushSize(1);
    driver.click(50, 50);
    expect(areas(driver)).toEqual([20]);
    driver.expectOperations("create", "update");
  });

  it("deletes a mask of which nothing is left, and undo brings it back", () => {
    const driver = brush(3).click(50, 50).tool("eraser");
    driver.editor.setBrushSize(9);
    driver.click(50, 50).expectShapes().undo();
    expect(areas(driver)).toEqual([9]);
    driver.expectOperations("create", "delete", "create");
  });

  it("is the brush with Alt", () => {
    const driver = brush(3).click(50, 50).hold({ alt: true });
    driver.editor.setBrushSize(1);
    driver.click(50, 50);
    expect(areas(driver)).toEqual([8]);
  });

  it("does nothing on empty ground", () => {
    brush(3)
      .tool("eraser")
      .click(50, 50)
      .expectShapes()
      .expectState("eraser.idle")
      .expectOperations();
  });
});
