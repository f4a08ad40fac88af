import { clampPoint } from "../../geometry/box";
import type { Geometry, Vec } from "../../geometry/types";
import { boxGeometry } from "../../shapes/box-shape";
import { ellipseInBox } from "../../shapes/ellipse-shape";
import type { CursorName } from "../../shapes/shape-util";
import { isDrag, MIN_SIDE } from "../gesture";
import { Tool, type ToolEvent, type ToolId, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

type FromCorners = (a: Vec, b: Vec) => Geometry;

const MAKERS = {
  box: boxGeometry,
  ellipse: (a: Vec, b: Vec) => ellipseInBox(boxGeometry(a, b)),
  rotated_box: (a: Vec, b: Vec) => {
    const { x, y, w, h } = boxGeometry(a, b);
    return { type: "rotated_box", cx: x + w / 2, cy: y + h / 2, w, h, angle: 0 };
  },
} as const satisfies Partial<Record<ToolId, FromCorners>>;

export type BoxToolId = keyof typeof MAKERS;

/** Draws what is spanned by two corners, by drag or by two clicks; Shift keeps the sides equal. */
export class BoxTool extends Tool {
  constructor(
    readonly id: BoxToolId,
    ctx: ToolContext,
  ) {
    super(ctx);
  }

  protected idle(): ToolState {
    return new BoxIdle(this, this.ctx);
  }

  make(a: Vec, b: Vec): Geometry {
    return MAKERS[this.id](a, b);
  }
}

class BoxIdle extends ToolState {
  readonly name = "idle";
  override readonly cursor: CursorName = "crosshair";

  constructor(
    private readonly tool: BoxTool,
    private readonly ctx: ToolContext,
  ) {
    super();
  }

  override pointerDown(event: ToolEvent): void {
    const label = this.ctx.settings.activeLabel;
    if (label === null) this.ctx.notify("no_label");
    else this.tool.go(new Drawing(this.tool, this.ctx, event, label));
  }

  override pointerMove(event: ToolEvent): void {
    const snapped = this.ctx.snap(event.image, new Set());
    this.ctx.live.snapped = snapped.to === null ? null : snapped.point;
  }
}

class Drawing extends ToolState {
  readonly name = "drawing";
  override readonly cursor: CursorName = "crosshair";
  private readonly corner: Vec;
  /** The first release came before a drag: now the second click sets the other corner. */
  private clicked = false;

  constructor(
    private readonly tool: BoxTool,
    private readonly ctx: ToolContext,
    private readonly pressed: ToolEvent,
    private readonly label: number,
  ) {
    super();
    this.corner = clampPoint(ctx.snap(pressed.image, new Set()).point, ctx.size);
  }

  override pointerMove(event: ToolEvent): void {
    const geometry = this.tool.make(this.corner, this.cornerAt(event));
    this.ctx.live.draft = { geometry, label: this.label, vertices: [this.corner], closing: false };
  }

  override pointerUp(event: ToolEvent): void {
    if (!this.clicked && !isDrag(this.pressed.screen, event.screen, event.touch)) {
      this.clicked = true;
      this.pointerMove(event);
      return;
    }
    const other = this.cornerAt(event);
    this.tool.rest();
    const least = Math.max(1, MIN_SIDE * this.ctx.pixel);
    const side = Math.min(Math.abs(other.x - this.corner.x), Math.abs(other.y - this.corner.y));
    if (side < least) this.ctx.notify("too_small");
    else this.ctx.createShape(this.tool.make(this.corner, other), `draw ${this.tool.id}`);
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }

  override stepBack(): boolean {
    return this.cancel();
  }

  private cornerAt(event: ToolEvent): Vec {
    const snapped = this.ctx.snap(event.image, new Set());
    this.ctx.live.snapped = snapped.to === null ? null : snapped.point;
    const p = event.shift ? squareCorner(this.corner, snapped.point) : snapped.point;
    return clampPoint(p, this.ctx.size);
  }
}

function squareCorner(from: Vec, to: Vec): Vec {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return {
    x: from.x + Math.sign(to.x - from.x) * side,
    y: from.y + Math.sign(to.y - from.y) * side,
  };
}
