import type { CursorName } from "../shapes/shape-util";
import { Tool, type ToolEvent, ToolState } from "./tool";
import type { ToolContext } from "./tool-context";

/** The hand: every drag moves the view. Space and the middle button do the same in any tool. */
export class PanTool extends Tool {
  readonly id = "pan";

  protected idle(): ToolState {
    return new PanIdle(this, this.ctx);
  }
}

class PanIdle extends ToolState {
  readonly name = "idle";
  override readonly cursor: CursorName = "grab";

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
  ) {
    super();
  }

  override pointerDown(event: ToolEvent): void {
    this.tool.go(new Panning(this.tool, this.ctx, event));
  }
}

class Panning extends ToolState {
  readonly name = "panning";
  override readonly cursor: CursorName = "grabbing";

  constructor(
    private readonly tool: Tool,
    private readonly ctx: ToolContext,
    private last: ToolEvent,
  ) {
    super();
  }

  override pointerMove(event: ToolEvent): void {
    this.ctx.panBy({
      x: event.screen.x - this.last.screen.x,
      y: event.screen.y - this.last.screen.y,
    });
    this.last = event;
  }

  override pointerUp(event: ToolEvent): void {
    this.pointerMove(event);
    this.tool.rest();
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }
}
