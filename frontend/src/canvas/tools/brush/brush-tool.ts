import { imageBox, intersectBoxes, unionBox } from "../../geometry/box";
import { EMPTY_MASK, type Mask, MaskEditor } from "../../geometry/mask";
import type { Box, Geometry, Vec } from "../../geometry/types";
import { strokeBounds, strokeSpans } from "../../kernels/brush";
import { maskGeometry } from "../../shapes/mask-shape";
import type { CursorName } from "../../shapes/shape-util";
import { Tool, type ToolEvent, ToolState } from "../tool";
import type { ToolContext } from "../tool-context";

/**
 * Paints masks. A stroke goes on with the selected mask, otherwise it begins a new one; Enter or Escape ends the
 * mask. The eraser (or Alt) takes away from the selected mask, otherwise from the mask under the pointer.
 */
export class BrushTool extends Tool {
  /** Where the last stroke ended: Shift draws a straight line from there. */
  lastEnd: Vec | null = null;

  constructor(
    readonly id: "brush" | "eraser",
    ctx: ToolContext,
  ) {
    super(ctx);
  }

  protected idle(): ToolState {
    return new BrushIdle(this, this.ctx);
  }

  erases(event: ToolEvent): boolean {
    return (this.id === "eraser") !== event.alt;
  }
}

interface Target {
  readonly id: string | null;
  readonly label: number;
  readonly mask: Mask;
}

class BrushIdle extends ToolState {
  readonly name = "idle";
  override readonly cursor: CursorName = "none";

  constructor(
    private readonly tool: BrushTool,
    private readonly ctx: ToolContext,
  ) {
    super();
  }

  override pointerDown(event: ToolEvent): void {
    const erase = this.tool.erases(event);
    const target = this.selectedMask() ?? (erase ? this.maskUnder(event) : this.newMask());
    if (target === null) return;
    const painting = new Painting(this.tool, this.ctx, target, erase ? 0 : 1);
    this.tool.go(painting);
    painting.begin(event);
  }

  override confirm(): boolean {
    if (this.selectedMask() === null) return false;
    this.ctx.select([]);
    return true;
  }

  private selectedMask(): Target | null {
    return this.ctx.selection.length === 1 ? this.targetOf(this.ctx.selection[0]) : null;
  }

  private maskUnder(event: ToolEvent): Target | null {
    for (const hit of this.ctx.hitsAt(event.image, event.touch)) {
      const target = this.targetOf(hit.id);
      if (target !== null) return target;
    }
    return null;
  }

  private targetOf(id: string | undefined): Target | null {
    const [record] = id === undefined ? [] : this.ctx.editable([id]);
    if (record === undefined || record.geometry.type !== "mask") return null;
    return { id: record.id, label: record.label, mask: record.geometry.mask };
  }

  private newMask(): Target | null {
    const label = this.ctx.settings.activeLabel;
    if (label !== null) return { id: null, label, mask: EMPTY_MASK };
    this.ctx.notify("no_label");
    return null;
  }
}

class Painting extends ToolState {
  readonly name = "painting";
  override readonly cursor: CursorName = "none";
  private readonly editor: MaskEditor;
  private readonly size: number;
  private last: Vec = { x: 0, y: 0 };
  private bbox: Box;

  constructor(
    private readonly tool: BrushTool,
    private readonly ctx: ToolContext,
    private readonly target: Target,
    private readonly value: 0 | 1,
  ) {
    super();
    this.editor = new MaskEditor(target.mask, ctx.size);
    this.size = ctx.settings.brushSize;
    this.bbox = target.mask.bbox;
  }

  begin(event: ToolEvent): void {
    const from = event.shift && this.tool.lastEnd !== null ? this.tool.lastEnd : event.image;
    this.last = from;
    this.paintTo(event.image);
  }

  override pointerMove(event: ToolEvent): void {
    for (const sample of event.samples) this.paintTo(sample);
  }

  override pointerUp(event: ToolEvent): void {
    this.pointerMove(event);
    this.tool.lastEnd = this.last;
    const mask = this.editor.commit();
    this.tool.rest();
    this.store(mask);
  }

  override cancel(): boolean {
    this.tool.rest();
    return true;
  }

  private paintTo(p: Vec): void {
    strokeSpans(this.last, p, this.size, (y, x0, x1) => this.editor.setSpan(y, x0, x1, this.value));
    const touched = intersectBoxes(strokeBounds(this.last, p, this.size), imageBox(this.ctx.size));
    this.last = p;
    const { stroke } = this.ctx.live;
    if (touched !== null && this.value === 1)
      this.bbox = this.bbox.w > 0 ? unionBox(this.bbox, touched) : touched;
    const dirty =
      touched !== null && stroke?.dirty
        ? unionBox(stroke.dirty, touched)
        : (touched ?? stroke?.dirty ?? null);
    const { id, label } = this.target;
    this.ctx.live.stroke = { target: id, label, tiles: this.editor.tiles, bbox: this.bbox, dirty };
  }

  private store(mask: Mask): void {
    const { id } = this.target;
    const geometry: Geometry = maskGeometry(mask);
    if (id === null) {
      const created = mask.area > 0 ? this.ctx.createShape(geometry, "paint") : null;
      if (created !== null) this.ctx.select([created]);
    } else if (mask.area === 0) this.ctx.removeShapes("erase", [id]);
    else this.ctx.commitGeometries(this.value === 1 ? "paint" : "erase", new Map([[id, geometry]]));
  }
}
