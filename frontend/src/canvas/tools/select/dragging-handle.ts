import type { Geometry, Vec } from "../../geometry/types";
import { add, sub } from "../../geometry/vec";
import { shapeUtil } from "../../shapes/registry";
import type { CursorName, EdgeHit, HandleId } from "../../shapes/shape-util";
import { isDrag } from "../gesture";
import { type Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

/** Dragging a resize or turning handle, a side, or a vertex. Committed on release. */
export class Resizing extends ToolState {
  readonly name: string = "resizing";
  override cursor: CursorName;
  protected start: Geometry | null;
  protected handle: HandleId;
  private readonly offset: Vec;
  private moved = false;

  constructor(
    protected readonly tool: Tool,
    protected readonly ctx: ToolContext,
    protected readonly id: string,
    handle: HandleId,
    grabbed: Vec,
    private readonly pressed: ToolEvent,
  ) {
    super();
    this.handle = handle;
    this.start = ctx.record(id)?.geometry ?? null;
    // The pointer rarely hits a handle in its middle: without the offset the shape would jump.
    this.offset = handle === "rotate" ? { x: 0, y: 0 } : sub(grabbed, pressed.image);
    this.cursor = handle === "rotate" ? "grabbing" : this.cursorOfHandle();
  }

  override pointerMove(event: ToolEvent): void {
    this.moved ||= isDrag(this.pressed.screen, event.screen, event.touch);
    if (!this.moved || this.start === null) return;
    const snapped = this.ctx.snap(add(event.image, this.offset), new Set([this.id]));
    this.ctx.live.snapped = snapped.to === null ? null : snapped.point;
    const options = { size: this.ctx.size, constrain: event.shift };
    const geometry = shapeUtil(this.start).dragHandle(
      this.start,
      this.handle,
      snapped.point,
      options,
    );
    this.ctx.live.preview = new Map([[this.id, geometry]]);
  }

  override pointerUp(event: ToolEvent): void {
    this.pointerMove(event);
    const geometries = this.ctx.live.preview;
    this.tool.rest();
    if (geometries.size > 0) this.ctx.commitGeometries("resize", geometries);
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }

  private cursorOfHandle(): CursorName {
    if (this.start === null) return "default";
    const handles = shapeUtil(this.start).handles(this.start, this.ctx.pixel);
    return handles.find((handle) => handle.id === this.handle)?.cursor ?? "move";
  }
}

/** Pressing an edge of the selected polygon: a click inserts a vertex there, a drag also pulls it. */
export class InsertingVertex extends Resizing {
  override readonly name = "inserting_vertex";

  constructor(tool: Tool, ctx: ToolContext, id: string, edge: EdgeHit, pressed: ToolEvent) {
    super(tool, ctx, id, edge.edge, edge.point, pressed);
    this.cursor = "copy";
    const inserted = this.start && shapeUtil(this.start).insertVertex(this.start, edge);
    this.start = inserted?.geometry ?? null;
    this.handle = inserted?.handle ?? "";
    if (this.start !== null) ctx.live.preview = new Map([[id, this.start]]);
  }
}
