/** Sends events to where they belong: panning, temporary select, the active tool, and the keys all tools share. */
import type { EditorEvent, KeyInput, PointerInput, WheelInput } from "../events";
import type { Vec } from "../geometry/types";
import { wheelFactor } from "../kernels/camera";
import type { CursorName } from "../shapes/shape-util";
import { BoxTool } from "./box/box-tool";
import { BrushTool } from "./brush/brush-tool";
import { deleteShapes, insertBox, nudge, resizeBy } from "./commands";
import { PanTool } from "./pan-tool";
import { PolygonTool } from "./polygon/polygon-tool";
import { SelectTool } from "./select/select-tool";
import type { Tool, ToolEvent, ToolId } from "./tool";
import type { Workspace } from "./workspace";

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Toolbox {
  private readonly tools: Readonly<Record<ToolId, Tool>>;
  private active: ToolId = "select";
  /** Control is held over a drawing tool: select for the moment. */
  private temporary = false;
  private spaceHeld = false;
  private panFrom: Vec | null = null;
  /** Where the pointer was last, while it is over the viewport. */
  private lastPointer: PointerInput | null = null;

  constructor(private readonly host: Workspace) {
    this.tools = {
      select: new SelectTool(host),
      pan: new PanTool(host),
      box: new BoxTool("box", host),
      rotated_box: new BoxTool("rotated_box", host),
      ellipse: new BoxTool("ellipse", host),
      polygon: new PolygonTool("polygon", host),
      polyline: new PolygonTool("polyline", host),
      brush: new BrushTool("brush", host),
      eraser: new BrushTool("eraser", host),
    };
  }

  /** The chosen tool; a temporary select does not change it. */
  get id(): ToolId {
    return this.active;
  }

  /** The tool that gets the events. */
  get effective(): Tool {
    return this.tools[this.temporary ? "select" : this.active];
  }

  get busy(): boolean {
    return this.panFrom !== null || this.effective.busy;
  }

  get path(): string {
    return this.effective.path;
  }

  get cursor(): CursorName {
    if (this.panFrom !== null) return "grabbing";
    return this.spaceHeld ? "grab" : this.effective.current.cursor;
  }

  /** Crosshair lines are drawn for tools that place corners. */
  get crosshair(): boolean {
    return (
      !this.spaceHeld &&
      this.panFrom === null &&
      this.effective.current.cursor === "crosshair" &&
      this.drawing
    );
  }

  private get drawing(): boolean {
    return !this.temporary && this.active !== "select" && this.active !== "pan";
  }

  setTool(id: ToolId): void {
    if (this.host.readOnly && id !== "select" && id !== "pan") {
      this.host.notify("read_only");
      return;
    }
    this.rest();
    this.active = id;
  }

  /** Drops whatever is in progress. */
  rest(): void {
    this.effective.rest();
    this.temporary = false;
    this.panFrom = null;
    this.host.live.hovered = null;
    this.host.live.hoveredHandle = null;
  }

  /** Undo while drawing takes back the last point instead of the last shape. */
  stepBack(): boolean {
    return this.effective.busy && this.effective.current.stepBack();
  }

  /** Returns whether the event was used; an unused key is the shell's. */
  dispatch(event: EditorEvent): boolean {
    switch (event.type) {
      case "wheel":
        return this.wheel(event);
      case "pinch":
        this.host.panBy(event.delta);
        this.zoomBy(event.factor, event.point);
        return true;
      case "key_down":
        return this.afterKey(event, this.keyDown(event));
      case "key_up":
        return this.afterKey(event, this.keyUp(event));
      case "pointer_leave":
        this.leave();
        return true;
      case "pointer_cancel":
        this.rest();
        return true;
      case "blur":
        this.spaceHeld = false;
        this.leave();
        return true;
      default:
        return this.pointer(event);
    }
  }

  private zoomBy(factor: number, anchor: Vec): void {
    this.host.view.zoomTo(this.host.view.camera.zoom * factor, anchor);
  }

  private leave(): void {
    if (this.busy) return;
    this.lastPointer = null;
    this.host.live.pointer = null;
    this.host.live.hovered = null;
    this.host.live.hoveredHandle = null;
    this.host.live.snapped = null;
  }

  private wheel(event: WheelInput): boolean {
    if (event.shift) this.host.panBy({ x: -(event.delta.x || event.delta.y), y: 0 });
    else this.zoomBy(wheelFactor(event.delta.y), event.point);
    this.host.live.pointer = this.host.view.toImage(event.point);
    return true;
  }

  private pointer(event: PointerInput): boolean {
    this.host.live.pointer = this.host.view.toImage(event.point);
    this.lastPointer = { ...event, type: "pointer_move", samples: [event.point] };
    if (this.pan(event)) {
      if (event.type === "pointer_up") this.refreshHover(event);
      return true;
    }
    if (event.button === 2 && event.type !== "pointer_move") return false;
    this.updateTemporary(event.ctrl);
    const { current } = this.effective;
    const toolEvent = this.toolEvent(event);
    if (event.type === "pointer_down") current.pointerDown(toolEvent);
    else if (event.type === "pointer_move") current.pointerMove(toolEvent);
    else if (event.type === "pointer_up") current.pointerUp(toolEvent);
    else current.doubleClick(toolEvent);
    if (event.type === "pointer_up") {
      this.updateTemporary(event.ctrl);
      this.refreshHover(event);
    }
    return true;
  }

  /** What is under the pointer may be new: shows its highlight and cursor at once. */
  private refreshHover(event: PointerInput): void {
    if (!this.effective.busy) this.effective.current.pointerMove(this.toolEvent(event));
  }

  /** Space with the main button, or the middle button: moves the view whatever the tool is doing. */
  private pan(event: PointerInput): boolean {
    const starts =
      event.type === "pointer_down" &&
      (event.button === 1 || (event.button === 0 && this.spaceHeld));
    if (starts) {
      this.panFrom = event.point;
      return true;
    }
    if (this.panFrom === null)
      return this.spaceHeld && event.type === "pointer_move" && !this.effective.busy;
    this.host.panBy({ x: event.point.x - this.panFrom.x, y: event.point.y - this.panFrom.y });
    this.panFrom = event.type === "pointer_up" ? null : event.point;
    return true;
  }

  private keyDown(event: KeyInput): boolean {
    this.updateTemporary(event.ctrl);
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) return !event.ctrl && !this.busy && this.arrow(event, arrow);
    switch (event.key) {
      case " ":
        this.spaceHeld = true;
        return true;
      case "Escape":
        return this.escape();
      case "Enter":
        return !event.ctrl && this.effective.current.confirm();
      case "Backspace":
        return this.effective.current.stepBack() || this.deleteSelection();
      case "Delete":
        return this.deleteSelection();
      case "Insert":
        return !this.busy && insertBox(this.host);
      default:
        return false;
    }
  }

  /** Arrows move the selection; with Alt they move its right and lower side. Shift makes steps of ten. */
  private arrow(event: KeyInput, [dx, dy]: readonly [number, number]): boolean {
    const step = event.shift ? 10 : 1;
    const by = { x: dx * step, y: dy * step };
    return event.alt ? resizeBy(this.host, by) : nudge(this.host, by);
  }

  private deleteSelection(): boolean {
    return !this.busy && deleteShapes(this.host, this.host.selection);
  }

  /** Keys change what the pointer would do, and what is under it. */
  private afterKey({ shift, alt, ctrl }: KeyInput, used: boolean): boolean {
    if (this.lastPointer !== null) this.refreshHover({ ...this.lastPointer, shift, alt, ctrl });
    return used;
  }

  private keyUp(event: KeyInput): boolean {
    this.updateTemporary(event.ctrl);
    if (event.key !== " " || !this.spaceHeld) return false;
    this.spaceHeld = false;
    return true;
  }

  /** Cancel the gesture, then deselect, then go back to select. */
  private escape(): boolean {
    if (this.panFrom !== null) {
      this.panFrom = null;
      return true;
    }
    if (this.effective.current.cancel()) return true;
    if (this.host.selection.length > 0) {
      this.host.select([]);
      return true;
    }
    if (this.active === "select") return false;
    this.setTool("select");
    return true;
  }

  private updateTemporary(ctrl: boolean): void {
    if (this.temporary && !ctrl && !this.tools.select.busy) {
      this.tools.select.rest();
      this.temporary = false;
      this.host.live.hovered = null;
      this.host.live.hoveredHandle = null;
    } else if (!this.temporary && ctrl && this.drawing && !this.effective.busy) {
      this.temporary = true;
    }
  }

  private toolEvent(event: PointerInput): ToolEvent {
    return {
      screen: event.point,
      image: this.host.view.toImage(event.point),
      samples: event.samples.map((point) => this.host.view.toImage(point)),
      touch: event.pointerType === "touch",
      shift: event.shift,
      alt: event.alt,
      ctrl: event.ctrl,
    };
  }
}
