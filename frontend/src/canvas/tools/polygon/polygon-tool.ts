import { Tool, type ToolState } from "../tool";
import type { ToolContext } from "../tool-context";
import { PolygonIdle } from "./states";

/** Polygons and polylines, point by point or freehand. */
export class PolygonTool extends Tool {
  constructor(
    readonly id: "polygon" | "polyline",
    ctx: ToolContext,
  ) {
    super(ctx);
  }

  get closed(): boolean {
    return this.id === "polygon";
  }

  protected idle(): ToolState {
    return new PolygonIdle(this, this.ctx);
  }
}
