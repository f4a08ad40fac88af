import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EditorDriver } from "../testing/editor-driver";
import { box, boxAnnotation } from "../testing/fixtures";
import { recordCanvases } from "../testing/recording-context";
import { type Mounted, mount } from "./mount";

let canvases: ReturnType<typeof recordCanvases>;
let host: HTMLElement;
let mounted: Mounted | null = null;

beforeEach(() => {
  canvases = recordCanvases();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  host = document.createElement("div");
  host.tabIndex = 0;
  Object.defineProperty(host, "clientWidth", { value: 400 });
  Object.defineProperty(host, "clientHeight", { value: 300 });
  document.body.append(host);
});

afterEach(() => {
  mounted?.destroy();
  mounted = null;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  canvases.restore();
});

function start(...args: ConstructorParameters<typeof EditorDriver>): EditorDriver {
  const driver = new EditorDriver(...args);
  mounted = mount(host, driver.editor);
  driver.editor.zoomTo(1);
  const { x, y } = driver.editor.workspace.view.camera;
  driver.editor.workspace.view.pan({ x: -x, y: -y });
  return driver;
}

const pointer = (type: string, x: number, y: number, init: PointerEventInit = {}): void => {
  host.dispatchEvent(
    new PointerEvent(type, {
      clientX: x,
      clientY: y,
      bubbles: true,
      pointerId: 1,
      pointerType: "mouse",
      ...init,
    }),
  );
};
const press = (target: EventTarget, key: string): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return event;
};

describe("mounted editor", () => {
  it("draws a box with real pointer events", () => {
    const driver = start().tool("box");
    pointer("pointerdown", 10, 20);
    pointer("pointermove", 40, 50);
    pointer("pointerup", 60, 80);
    driver.expectShapes(box(10, 20, 50, 60));
    expect(document.activeElement).toBe(host);
  });

  it("shows the cursor of the state on the element", () => {
    const driver = start().tool("box");
    expect(host.style.cursor).toBe("crosshair");
    driver.tool("pan");
    expect(host.style.cursor).toBe("grab");
  });

  it("zooms with the wheel and keeps the page still", () => {
    const driver = start();
    const event = new WheelEvent("wheel", {
      deltaY: -3,
      deltaMode: 1,
      cancelable: true,
      clientX: 100,
      clientY: 100,
    });
    host.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(driver.editor.getSnapshot().zoom).toBeGreaterThan(1);
  });

  it("marks keys it used and leaves the others to the shell", () => {
    const driver = start([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.select(["a"]);
    expect(press(document.body, "b").defaultPrevented).toBe(false);
    expect(press(document.body, "ArrowRight").defaultPrevented).toBe(true);
    expect(press(document.body, "Delete").defaultPrevented).toBe(true);
    driver.expectShapes();
    expect(press(document.body, "Enter").defaultPrevented).toBe(false);
  });

  it.each(["input", "textarea", "button"])("leaves keys in a %s alone", (tag) => {
    const driver = start([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.select(["a"]);
    const field = document.createElement(tag);
    document.body.append(field);
    expect(press(field, "Backspace").defaultPrevented).toBe(false);
    expect(press(field, "Escape").defaultPrevented).toBe(false);
    driver.expectSelection("a").expectShapes(box(10, 10, 50, 50));
  });

  it("leaves keys in a dialog alone", () => {
    const driver = start([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.select(["a"]);
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    document.body.append(dialog);
    press(dialog, "Escape");
    driver.expectSelection("a");
  });

  it("pinches with two fingers and drops what the first one began", () => {
    const driver = start().tool("box");
    const touch = (type: string, id: number, x: number, y: number): void =>
      pointer(type, x, y, { pointerType: "touch", pointerId: id });
    touch("pointerdown", 1, 100, 100);
    touch("pointermove", 1, 110, 100);
    touch("pointerdown", 2, 210, 100);
    touch("pointermove", 2, 310, 100);
    expect(driver.editor.getSnapshot().zoom).toBeCloseTo(2, 6);
    touch("pointerup", 2, 310, 100);
    touch("pointerup", 1, 110, 100);
    driver.expectShapes().expectState("box.idle");
  });

  it("ignores the palm while a pen is in use", () => {
    const driver = start().tool("box");
    pointer("pointermove", 5, 5, { pointerType: "pen", pointerId: 9 });
    pointer("pointerdown", 100, 100, { pointerType: "touch", pointerId: 2 });
    driver.expectState("box.idle");
  });

  it("leaves nothing behind when taken away", () => {
    const driver = start([boxAnnotation("a", 10, 10, 50, 50)]);
    driver.editor.select(["a"]);
    mounted?.destroy();
    expect(host.children).toHaveLength(0);
    press(document.body, "Delete");
    driver.expectShapes(box(10, 10, 50, 50));
  });
});
