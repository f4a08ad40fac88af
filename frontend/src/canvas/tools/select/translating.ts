import { clampMove, unionBoxes } from "../../geometry/box";
import type { Box, Geometry, Vec } from "../../geometry/types";
import { sub } from "../../geometry/vec";
import { shapeUtil } from "../../shapes/registry";
import type { CursorName } from "../../shapes/shape-util";
import { isDrag } from "../gesture";
import { type Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

/** Pressed on a shape: release selects it alone, a drag moves the selection. */
export class PointingShape extends ToolState {
  readonly name = "pointing_shape";
  override readonly cursor: CursorName = "move";

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
    private readonly id: string,
    private readonly pressed: ToolEvent,
  ) {
    super();
    if (!ctx.selection.includes(id)) ctx.select([id]);
  }

  override pointerMove(event: ToolEvent): void {
    if (this.ctx.readOnly || !isDrag(this.pressed.screen, event.screen, event.touch)) return;
    const translating = new Translating(this.tool, this.ctx, this.pressed);
    this.tool.go(translating);
    translating.pointerMove(event);
  }

  override pointerUp(): void {
    this.tool.rest();
    this.ctx.select([this.id]);
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }
}

/** Moving everything that is selected, inside the image. Shift keeps to one axis. */
export class Translating extends ToolState {
  readonly name = "translating";
  override readonly cursor: CursorName = "move";
  private readonly start = new Map<string, Geometry>();
  private readonly bounds: Box | null;

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
    private readonly pressed: ToolEvent,
  ) {
    super();
    for (const { id, geometry } of ctx.editable(ctx.selection)) this.start.set(id, geometry);
    this.bounds = unionBoxes([...this.start.values()].flatMap((g) => shapeUtil(g).bounds(g) ?? []));
  }

  override pointerMove(event: ToolEvent): void {
    const delta = this.deltaOf(event);
    const moved = new Map<string, Geometry>();
    for (const [id, g] of this.start) moved.set(id, shapeUtil(g).translate(g, delta));
    this.ctx.live.preview = moved;
  }

  override pointerUp(event: ToolEvent): void {
    this.pointerMove(event);
    const moved = this.ctx.live.preview;
    this.tool.rest();
    this.ctx.commitGeometries("move", moved);
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }

  private deltaOf(event: ToolEvent): Vec {
    const raw = sub(event.image, this.pressed.image);
    const horizontal = Math.abs(raw.x) >= Math.abs(raw.y);
    const delta = event.shift ? { x: horizontal ? raw.x : 0, y: horizontal ? 0 : raw.y } : raw;
    return this.bounds === null ? delta : clampMove(this.bounds, delta, this.ctx.size);
  }
}
