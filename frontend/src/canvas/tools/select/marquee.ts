import { boxFromPoints } from "../../geometry/box";
import type { CursorName } from "../../shapes/shape-util";
import { isDrag } from "../gesture";
import { type Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

/** Pressed on empty ground: release deselects, a drag draws a rubber band. Shift adds to the selection. */
export class PointingCanvas extends ToolState {
  readonly name = "pointing_canvas";

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
    private readonly pressed: ToolEvent,
  ) {
    super();
  }

  override pointerMove(event: ToolEvent): void {
    if (!isDrag(this.pressed.screen, event.screen, event.touch)) return;
    const marquee = new Marquee(this.tool, this.ctx, this.pressed);
    this.tool.go(marquee);
    marquee.pointerMove(event);
  }

  override pointerUp(event: ToolEvent): void {
    if (!event.shift) this.ctx.select([]);
    this.tool.rest();
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }
}

/** Left to right takes what lies inside, right to left also what is touched. */
export class Marquee extends ToolState {
  readonly name = "marquee";
  override readonly cursor: CursorName = "crosshair";
  private readonly before: readonly string[];

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
    private readonly pressed: ToolEvent,
  ) {
    super();
    this.before = ctx.selection;
  }

  override pointerMove(event: ToolEvent): void {
    const box = boxFromPoints(this.pressed.image, event.image);
    const touching = event.image.x < this.pressed.image.x;
    this.ctx.live.marquee = box;
    this.ctx.select([...(event.shift ? this.before : []), ...this.ctx.idsInBox(box, touching)]);
  }

  override pointerUp(event: ToolEvent): void {
    this.pointerMove(event);
    this.tool.rest();
  }

  override cancel(): boolean {
    this.tool.rest();
    this.ctx.select(this.before);
    return true;
  }
}
