import { clampPoint } from "../../geometry/box";
import type { Geometry, Vec } from "../../geometry/types";
import { constrainTo45, distance } from "../../geometry/vec";
import { simplifyLine } from "../../kernels/simplify";
import type { CursorName } from "../../shapes/shape-util";
import { isDrag } from "../gesture";
import { type Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

/** Screen pixels around the first point in which a click closes the ring. */
const CLOSE_REACH = 10;
/** Freehand lines may be off by so many screen pixels after simplification. */
const FREEHAND_TOLERANCE = 1.5;
/** Two clicks of a double click land this close together, in screen pixels. */
const SAME_PLACE = 4;

/** The tool that draws: a ring or an open line. */
interface PathTool extends Tool {
  readonly closed: boolean;
}

export class PolygonIdle extends ToolState {
  readonly name = "idle";
  override readonly cursor: CursorName = "crosshair";

  constructor(
    private readonly tool: PathTool,
    private readonly ctx: ToolContext,
  ) {
    super();
  }

  override pointerMove(event: ToolEvent): void {
    const snapped = this.ctx.snap(event.image, new Set());
    this.ctx.live.snapped = snapped.to === null ? null : snapped.point;
  }

  override pointerDown(event: ToolEvent): void {
    const label = this.ctx.settings.activeLabel;
    if (label === null) {
      this.ctx.notify("no_label");
      return;
    }
    const drawing = new Drawing(this.tool, this.ctx, label);
    this.tool.go(drawing);
    drawing.pointerDown(event);
  }
}

class Drawing extends ToolState {
  readonly name = "drawing";
  override readonly cursor: CursorName = "crosshair";
  private points: Vec[] = [];
  private pointer: Vec | null = null;
  private pressed: ToolEvent | null = null;
  /** Index of the point where the freehand line began; null while points are clicked. */
  private freehandFrom: number | null = null;

  constructor(
    private readonly tool: PathTool,
    private readonly ctx: ToolContext,
    private readonly label: number,
  ) {
    super();
  }

  override pointerDown(event: ToolEvent): void {
    if (this.closesAt(event.image)) {
      this.confirm();
      return;
    }
    this.points.push(this.placed(event));
    this.pressed = event;
    this.pointer = null;
    this.show(event);
  }

  override pointerMove(event: ToolEvent): void {
    if (this.pressed !== null) this.freehand(event, this.pressed);
    else this.pointer = this.placed(event);
    this.show(event);
  }

  override pointerUp(event: ToolEvent): void {
    if (this.freehandFrom !== null) this.finishFreehand(this.freehandFrom);
    this.pressed = null;
    this.freehandFrom = null;
    this.pointer = this.placed(event);
    this.show(event);
  }

  override doubleClick(): void {
    const last = this.points.at(-1);
    const before = this.points.at(-2);
    const doubled = last && before && distance(last, before) <= SAME_PLACE * this.ctx.pixel;
    if (doubled) this.points.pop();
    this.confirm();
  }

  override confirm(): boolean {
    const needed = this.tool.closed ? 3 : 2;
    if (this.points.length < needed) {
      this.ctx.notify("too_few_points");
      return true;
    }
    const geometry = this.geometryOf(this.points);
    this.tool.rest();
    this.ctx.createShape(geometry, `draw ${this.tool.id}`);
    return true;
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }

  override stepBack(): boolean {
    this.points.pop();
    this.pressed = null;
    this.freehandFrom = null;
    if (this.points.length === 0) this.tool.rest();
    else this.publish(false);
    return true;
  }

  private freehand(event: ToolEvent, pressed: ToolEvent): void {
    if (this.freehandFrom === null) {
      if (!isDrag(pressed.screen, event.screen, event.touch)) return;
      this.freehandFrom = this.points.length - 1;
    }
    for (const sample of event.samples) this.points.push(clampPoint(sample, this.ctx.size));
  }

  private finishFreehand(from: number): void {
    const drawn = this.points.slice(from).flatMap((p) => [p.x, p.y]);
    const simple = simplifyLine(drawn, FREEHAND_TOLERANCE * this.ctx.pixel);
    const kept: Vec[] = [];
    for (let i = 0; i + 1 < simple.length; i += 2)
      kept.push({ x: simple[i] ?? 0, y: simple[i + 1] ?? 0 });
    this.points = [...this.points.slice(0, from), ...kept];
  }

  /** Where a click would put its point: snapped, on a multiple of 45 degrees with Shift, inside the image. */
  private placed(event: ToolEvent): Vec {
    const last = this.points.at(-1);
    const snapped = this.ctx.snap(event.image, new Set());
    this.ctx.live.snapped = snapped.to === null ? null : snapped.point;
    const p = event.shift && last !== undefined ? constrainTo45(last, event.image) : snapped.point;
    return clampPoint(p, this.ctx.size);
  }

  private closesAt(p: Vec): boolean {
    const first = this.points[0];
    if (!this.tool.closed || first === undefined || this.points.length < 3) return false;
    return distance(first, p) <= CLOSE_REACH * this.ctx.pixel;
  }

  private show(event: ToolEvent): void {
    this.publish(this.pressed === null && this.closesAt(event.image));
  }

  private publish(closing: boolean): void {
    const shown = this.pointer === null || closing ? this.points : [...this.points, this.pointer];
    const geometry: Geometry = { type: "polyline", points: shown.flatMap((p) => [p.x, p.y]) };
    this.ctx.live.draft = { geometry, label: this.label, vertices: this.points.slice(), closing };
  }

  private geometryOf(points: readonly Vec[]): Geometry {
    const flat = points.flatMap((p) => [p.x, p.y]);
    return this.tool.closed
      ? { type: "polygon", parts: [{ outer: flat, holes: [] }] }
      : { type: "polyline", points: flat };
  }
}
