// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../testing/editor-driver";
import { boxAnnotation } from "../testing/fixtures";

const oneBox = () => new EditorDriver([boxAnnotation("a", 100, 100, 50, 50)]);
const camera = (driver: EditorDriver) => driver.editor.workspace.view.camera;

describe("view", () => {
  it("zooms at the cursor with the wheel", () => {
    const driver = oneBox().wheel(120, 120, -100);
    const { x, y } = driver.editor.workspace.view.toImage({ x: 120, y: 120 });
    expect(driver.editor.getSnapshot().zoom).toBeGreaterThan(1.2);
    expect([x, y].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([120, 120]);
  });

  it("moves with the middle button, in any tool, without drawing", () => {
    const driver = oneBox().tool("box");
    driver.editor.zoomTo(2);
    const before = camera(driver);
    driver
      .pointerDown(100, 100, 1)
      .expectCursor("grabbing")
      .pointerMove(130, 90)
      .pointerUp(130, 90, 1);
    expect([camera(driver).x - before.x, camera(driver).y - before.y]).toEqual([30, -10]);
    driver.expectShapes(...oneBox().geometries).expectCursor("crosshair");
  });

  it("moves with Space held, and with the hand", () => {
    const driver = oneBox();
    driver.editor.zoomTo(2);
    const before = camera(driver);
    driver
      .keyDown(" ")
      .expectCursor("grab")
      .drag([300, 20], [310, 20])
      .keyUp(" ")
      .expectCursor("default");
    expect(camera(driver).x - before.x).toBeCloseTo(10, 9);
    driver.tool("pan").expectCursor("grab").drag([100, 100], [100, 120]);
    expect(camera(driver).y - before.y).toBeCloseTo(20, 9);
  });

  it("forgets a held Space when the window loses the focus", () => {
    const driver = oneBox().keyDown(" ");
    driver.editor.dispatch({ type: "blur" });
    driver.pointerMove(300, 20).expectCursor("default");
  });

  it("zooms with two fingers", () => {
    const driver = oneBox();
    driver.editor.dispatch({
      type: "pinch",
      point: { x: 0, y: 0 },
      delta: { x: 0, y: 0 },
      factor: 2,
    });
    expect(driver.editor.getSnapshot().zoom).toBe(2);
  });
});

describe("keys", () => {
  it("Escape cancels, then deselects, then goes back to select, then is the shell's", () => {
    const driver = oneBox().click(125, 125).tool("polygon").click(10, 10);
    driver.key("Escape").expectState("polygon.idle").expectSelection("a");
    driver.key("Escape").expectSelection().expectState("polygon.idle");
    driver.key("Escape").expectState("select.idle");
    const escapeKey = {
      type: "key_down",
      key: "Escape",
      shift: false,
      alt: false,
      ctrl: false,
    } as const;
    expect(driver.editor.dispatch(escapeKey)).toBe(false);
  });

  it("Enter is the shell's unless something is being drawn", () => {
    const enter = {
      type: "key_down",
      key: "Enter",
      shift: false,
      alt: false,
      ctrl: false,
    } as const;
    const driver = oneBox();
    expect(driver.editor.dispatch(enter)).toBe(false);
    driver.tool("polygon").click(10, 10).click(60, 10).click(60, 60);
    expect(driver.editor.dispatch(enter)).toBe(true);
    expect(driver.shapes).toHaveLength(2);
  });

  it("Delete and Backspace delete the selection, but not in the middle of a gesture", () => {
    oneBox()
      .click(125, 125)
      .pointerDown(125, 125)
      .pointerMove(140, 125)
      .key("Delete")
      .pointerUp()
      .expectBox("a", {
        x: 115,
        y: 100,
        w: 50,
        h: 50,
      });
    oneBox().click(125, 125).key("Backspace").expectShapes().expectOperations("delete");
  });

  it("draw, move and resize without a pointer", () => {
    const driver = new EditorDriver()
      .key("Insert")
      .expectShapes({ type: "box", x: 150, y: 112.5, w: 100, h: 75 });
    driver
      .key("ArrowLeft")
      .hold({ alt: true })
      .key("ArrowRight")
      .hold({ alt: true, shift: true })
      .key("ArrowDown");
    driver.hold().expectBox("new-1", { x: 149, y: 112.5, w: 101, h: 85 }).expectSelection("new-1");
    driver.undo().expectBox("new-1", { x: 149, y: 112.5, w: 100, h: 75 });
  });

  it("arrows without a selection are the shell's", () => {
    const arrow = {
      type: "key_down",
      key: "ArrowLeft",
      shift: false,
      alt: false,
      ctrl: false,
    } as const;
    const driver = oneBox();
    expect(driver.editor.dispatch(arrow)).toBe(false);
    driver.click(125, 125);
    expect(driver.editor.dispatch(arrow)).toBe(true);
  });
});

describe("tools", () => {
  it("drop what is in progress when another is chosen", () => {
    oneBox()
      .tool("box")
      .pointerDown(10, 10)
      .pointerMove(50, 50)
      .tool("polygon")
      .pointerUp()
      .expectState("polygon.idle");
    const driver = oneBox().tool("box").click(10, 10).tool("select").click(300, 200);
    expect(driver.shapes).toHaveLength(1);
  });

  it("keep the temporary select until its gesture is over", () => {
    oneBox()
      .tool("box")
      .hold({ ctrl: true })
      .pointerMove(125, 125)
      .pointerDown(125, 125)
      .pointerMove(140, 125)
      .hold()
      .expectState("select.translating")
      .pointerMove(145, 125)
      .pointerUp()
      .expectState("box.idle")
      .expectBox("a", { x: 120, y: 100, w: 50, h: 50 });
  });

  it("that draw are refused when read-only; nothing can be changed then", () => {
    const driver = oneBox();
    driver.editor.setReadOnly(true);
    driver.tool("box").expectState("select.idle").expectNotices("read_only");
    driver.drag([125, 125], [200, 200]).expectSelection("a").key("Delete", "ArrowLeft");
    driver.editor.toggleTag(1);
    driver.editor.relabelSelection(5);
    driver.expectBox("a", { x: 100, y: 100, w: 50, h: 50 }).expectOperations();
    driver.pointerMove(100, 100).expectCursor("move");
  });

  it("give up their gesture when the system takes the pointer away", () => {
    const driver = oneBox().pointerDown(125, 125).pointerMove(200, 200);
    driver.editor.dispatch({ type: "pointer_cancel" });
    driver.expectState("select.idle").expectBox("a", { x: 100, y: 100, w: 50, h: 50 });
  });

  it("ignore the secondary button", () => {
    oneBox()
      .tool("box")
      .pointerDown(10, 10, 2)
      .pointerMove(60, 60)
      .pointerUp(60, 60, 2)
      .expectState("box.idle");
  });
});
