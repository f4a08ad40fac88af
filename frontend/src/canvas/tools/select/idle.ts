import { cycle, type Hit, shapesUnder } from "../../kernels/hit-test";
import { shapeUtil } from "../../shapes/registry";
import type { CursorName } from "../../shapes/shape-util";
import { type Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";
import { InsertingVertex, Resizing } from "./dragging-handle";
import { PointingCanvas } from "./marquee";
import { PointingShape } from "./translating";

export class SelectIdle extends ToolState {
  readonly name = "idle";
  override cursor: CursorName = "default";

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
  ) {
    super();
  }

  override pointerMove(event: ToolEvent): void {
    const top = this.ctx.hitsAt(event.image, event.touch)[0];
    this.ctx.live.hovered = top?.id ?? null;
    this.ctx.live.hoveredHandle = top?.kind === "handle" ? top.handle.id : null;
    this.cursor = this.cursorFor(top, event);
  }

  override pointerDown(event: ToolEvent): void {
    const hits = this.ctx.hitsAt(event.image, event.touch);
    if (event.alt && this.altClick(hits)) return;
    const top = hits[0];
    if (top === undefined) this.tool.go(new PointingCanvas(this.tool, this.ctx, event));
    else this.press(top, event);
  }

  private press(hit: Hit, event: ToolEvent): void {
    if (hit.kind === "handle") {
      this.tool.go(
        new Resizing(this.tool, this.ctx, hit.id, hit.handle.id, hit.handle.point, event),
      );
      return;
    }
    if (hit.kind === "edge" && hit.selected && hit.edge.action === "insert") {
      this.tool.go(new InsertingVertex(this.tool, this.ctx, hit.id, hit.edge, event));
      return;
    }
    if (hit.kind === "edge" && hit.selected && hit.edge.action === "resize") {
      this.tool.go(new Resizing(this.tool, this.ctx, hit.id, hit.edge.edge, hit.edge.point, event));
      return;
    }
    if (event.shift) {
      this.ctx.toggleSelected(hit.id);
      return;
    }
    this.tool.go(new PointingShape(this.tool, this.ctx, hit.id, event));
  }

  /** Removes the vertex under the pointer, or walks through the stack of shapes. */
  private altClick(hits: readonly Hit[]): boolean {
    const top = hits[0];
    if (top === undefined) return false;
    if (top.kind === "handle" && top.handle.kind === "vertex") {
      const record = this.ctx.record(top.id);
      const geometry =
        record && shapeUtil(record.geometry).removeVertex(record.geometry, top.handle.id);
      if (geometry) this.ctx.commitGeometries("delete vertex", new Map([[top.id, geometry]]));
      else this.ctx.notify("too_few_points");
      return true;
    }
    const selected = this.ctx.selection.length === 1 ? (this.ctx.selection[0] ?? null) : null;
    const next = cycle(shapesUnder(hits), selected);
    if (next !== null) this.ctx.select([next]);
    return true;
  }

  private cursorFor(hit: Hit | undefined, event: ToolEvent): CursorName {
    if (hit === undefined) return "default";
    if (hit.kind === "handle") {
      return event.alt && hit.handle.kind === "vertex" ? "not-allowed" : hit.handle.cursor;
    }
    if (hit.kind === "edge" && hit.selected && hit.edge.action !== "move") return hit.edge.cursor;
    return this.ctx.selection.includes(hit.id) ? "move" : "pointer";
  }
}
