import type { ToolState } from "../tool";
import { Tool } from "../tool";
import { SelectIdle } from "./idle";

/** Select, move, resize, turn and edit vertices. */
export class SelectTool extends Tool {
  readonly id = "select";

  protected idle(): ToolState {
    return new SelectIdle(this, this.ctx);
  }
}
