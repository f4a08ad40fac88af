/** Drives an editor like a person does, without a browser: fluent verbs for whole gestures, then expectations. */
import { expect } from "vitest";
import { Editor, type EditorImage } from "../editor";
import type { Modifiers } from "../events";
import type { Box, Geometry, Vec } from "../geometry/types";
import type { WireAnnotation, WireGeometry, WirePrediction } from "../geometry/wire";
import type { Rejections } from "../scene/loading";
import type { EditOperation } from "../scene/operations";
import { operationsOf } from "../scene/operations";
import type { ShapeRecord } from "../scene/records";
import { geometryToJson } from "../shapes/registry";
import type { ToolId } from "../tools/tool";
import type { NoticeCode } from "../tools/tool-context";

const NO_MODIFIERS: Modifiers = { shift: false, alt: false, ctrl: false };

/** One image pixel is one screen pixel and the image starts at the viewport's corner, unless a test zooms. */
export const DRIVER_IMAGE: EditorImage = { id: "image-1", width: 400, height: 300 };

export class EditorDriver {
  readonly editor: Editor;
  readonly operations: EditOperation[] = [];
  readonly notices: NoticeCode[] = [];
  readonly rejections: Rejections[] = [];
  private modifiers: Modifiers = NO_MODIFIERS;
  private pointer: Vec = { x: 0, y: 0 };
  private nextId = 0;

  constructor(
    annotations: readonly WireAnnotation[] = [],
    predictions: readonly WirePrediction[] = [],
  ) {
    this.editor = new Editor({
      newId: () => {
        this.nextId += 1;
        return `new-${this.nextId}`;
      },
      labels: (label) => ({ name: `label ${label}`, color: "#64c9fd" }),
    });
    this.editor.onLocalDiff((diff) => this.operations.push(...operationsOf(diff)));
    this.editor.onNotice(({ code }) => this.notices.push(code));
    this.editor.onRejections((change) => this.rejections.push(change));
    this.editor.setViewport({ width: DRIVER_IMAGE.width, height: DRIVER_IMAGE.height });
    this.load(DRIVER_IMAGE, annotations, predictions);
    this.editor.setActiveLabel(1);
  }

  load(
    image: EditorImage,
    annotations: readonly WireAnnotation[] = [],
    predictions: readonly WirePrediction[] = [],
  ): this {
    this.editor.load(image, annotations, predictions);
    // Screen equals image: tests read like the picture.
    this.editor.zoomTo(1);
    const { x, y } = this.editor.workspace.view.camera;
    this.editor.workspace.view.pan({ x: -x, y: -y });
    return this;
  }

  tool(id: ToolId): this {
    this.editor.setTool(id);
    return this;
  }

  label(label: number): this {
    this.editor.setActiveLabel(label);
    return this;
  }

  /** Holds modifier keys from now on; call with nothing to release them. */
  hold(modifiers: Partial<Modifiers> = {}): this {
    const next = { ...NO_MODIFIERS, ...modifiers };
    const released = this.modifiers.ctrl && !next.ctrl;
    const pressed = !this.modifiers.ctrl && next.ctrl;
    this.modifiers = next;
    if (pressed) this.editor.dispatch({ type: "key_down", key: "Control", ...next });
    if (released) this.editor.dispatch({ type: "key_up", key: "Control", ...next });
    return this;
  }

  pointerDown(x: number, y: number, button = 0): this {
    return this.point("pointer_down", { x, y }, button);
  }

  pointerMove(x: number, y: number): this {
    return this.point("pointer_move", { x, y }, 0);
  }

  pointerUp(x = this.pointer.x, y = this.pointer.y, button = 0): this {
    return this.point("pointer_up", { x, y }, button);
  }

  click(x: number, y: number): this {
    return this.pointerMove(x, y).pointerDown(x, y).pointerUp();
  }

  doubleClick(x: number, y: number): this {
    return this.click(x, y).click(x, y).point("double_click", { x, y }, 0);
  }

  /** Down at the first point, in four steps to each following one, up at the last. */
  drag(...points: readonly (readonly [number, number])[]): this {
    const [first, ...rest] = points;
    if (first === undefined) return this;
    this.pointerMove(first[0], first[1]).pointerDown(first[0], first[1]);
    for (const [x, y] of rest) {
      const from = this.pointer;
      for (let i = 1; i <= 4; i += 1) {
        this.pointerMove(from.x + ((x - from.x) * i) / 4, from.y + ((y - from.y) * i) / 4);
      }
    }
    return this.pointerUp();
  }

  key(...keys: readonly string[]): this {
    for (const key of keys) {
      this.editor.dispatch({ type: "key_down", key, ...this.modifiers });
      this.editor.dispatch({ type: "key_up", key, ...this.modifiers });
    }
    return this;
  }

  keyDown(key: string): this {
    this.editor.dispatch({ type: "key_down", key, ...this.modifiers });
    return this;
  }

  keyUp(key: string): this {
    this.editor.dispatch({ type: "key_up", key, ...this.modifiers });
    return this;
  }

  wheel(x: number, y: number, deltaY: number): this {
    this.editor.dispatch({
      type: "wheel",
      point: { x, y },
      delta: { x: 0, y: deltaY },
      ...this.modifiers,
    });
    return this;
  }

  undo(): this {
    this.editor.undo();
    return this;
  }

  redo(): this {
    this.editor.redo();
    return this;
  }

  get shapes(): readonly ShapeRecord[] {
    return this.editor.getSnapshot().shapes;
  }

  /** The stored annotations as they would go to the server. */
  get geometries(): WireGeometry[] {
    return this.shapes.map((record) => geometryToJson(record.geometry));
  }

  /** Geometry of one shape. */
  geometry(id: string): Geometry | undefined {
    return this.editor.shape(id)?.geometry;
  }

  expectShapes(...expected: readonly WireGeometry[]): this {
    expect(this.geometries).toEqual(expected);
    return this;
  }

  expectBox(id: string, box: Box): this {
    expect(this.geometry(id)).toEqual({ type: "box", ...box });
    return this;
  }

  expectState(path: string): this {
    expect(this.editor.getSnapshot().state).toBe(path);
    return this;
  }

  expectSelection(...ids: readonly string[]): this {
    expect([...this.editor.getSnapshot().selection].sort()).toEqual([...ids].sort());
    return this;
  }

  expectCursor(cursor: string): this {
    expect(this.editor.getSnapshot().cursor).toBe(cursor);
    return this;
  }

  expectNotices(...codes: readonly NoticeCode[]): this {
    expect(this.notices).toEqual(codes);
    return this;
  }

  /** Kinds of the operations so far, in order. */
  expectOperations(...kinds: readonly EditOperation["kind"][]): this {
    expect(this.operations.map((operation) => operation.kind)).toEqual(kinds);
    return this;
  }

  private point(
    type: "pointer_down" | "pointer_move" | "pointer_up" | "double_click",
    point: Vec,
    button: number,
  ): this {
    this.pointer = point;
    this.editor.dispatch({
      type,
      point,
      button,
      pointerType: "mouse",
      samples: [point],
      ...this.modifiers,
    });
    return this;
  }
}
