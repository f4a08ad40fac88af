/** What changes with the pointer: hover, selection, handles, drafts, crosshair. Clears only what it drew before. */
import { boxCentre, expandBox } from "../geometry/box";
import type { Box, Geometry } from "../geometry/types";
import { brushCentre } from "../kernels/brush";
import type { ShapeRecord } from "../scene/records";
import { shapeUtil } from "../shapes/registry";
import type { DrawView } from "../shapes/shape-util";
import type { Toolbox } from "../tools/toolbox";
import type { Workspace } from "../tools/workspace";
import { drawChip } from "./chips";
import { drawBrushRing, drawCrosshair, drawHandle, drawMarquee, drawSnap } from "./marks";
import { applyPaint, OVERLAY, Paints } from "./paints";
import { StrokeRaster } from "./stroke-raster";
import { Surface } from "./surface";
import { boxToDevice, toDevice } from "./view";

export class OverlayLayer {
  readonly surface: Surface;
  private readonly strokes: StrokeRaster;
  private paints = new Paints(1);
  private ratio = 1;
  private drawn: Box[] = [];

  constructor(
    host: HTMLElement,
    private readonly workspace: Workspace,
    private readonly toolbox: Toolbox,
  ) {
    this.surface = new Surface(host, "overlay");
    this.strokes = new StrokeRaster(host.ownerDocument);
  }

  setRatio(ratio: number): void {
    this.ratio = ratio;
    this.paints = new Paints(ratio);
    this.drawn = [];
  }

  draw(view: DrawView): void {
    const { ctx } = this.surface;
    for (const box of this.drawn) ctx.clearRect(box.x, box.y, box.w, box.h);
    this.drawn = [];
    this.drawSelection(view);
    this.drawHover(view);
    this.drawStroke(view);
    this.drawDraft(view);
    this.drawMarks(view);
    ctx.setLineDash([]);
  }

  /** Remembers boxes (device pixels) that were painted on. */
  private mark(...boxes: readonly Box[]): void {
    for (const box of boxes) {
      const grown = expandBox(box, 2 * this.ratio);
      const x = Math.floor(grown.x);
      const y = Math.floor(grown.y);
      const w = Math.ceil(grown.x + grown.w) - x;
      const h = Math.ceil(grown.y + grown.h) - y;
      this.drawn.push({ x, y, w, h });
    }
  }

  private drawSelection(view: DrawView): void {
    const { live, selection, isVisible } = this.workspace;
    const records = this.workspace
      .records(selection)
      .filter((r) => live.preview.has(r.id) || isVisible(r));
    const mass = this.workspace.massSelection !== null;
    for (const record of records) {
      const preview = live.preview.get(record.id);
      if (live.stroke?.target === record.id || (mass && preview === undefined)) continue;
      this.drawActive(
        view,
        { ...record, geometry: preview ?? record.geometry },
        mass,
        preview !== undefined,
      );
    }
    const [single] = records;
    if (records.length !== 1 || single === undefined) return;
    const geometry = live.preview.get(single.id) ?? single.geometry;
    if (this.workspace.editable([single.id]).length === 0) return;
    if (!this.workspace.readOnly && this.toolbox.effective.id === "select")
      this.drawHandles(view, geometry);
    if (live.preview.size > 0) this.drawMeasure(view, geometry);
  }

  private drawHover(view: DrawView): void {
    const { live, selection, isVisible } = this.workspace;
    const record = live.hovered === null ? undefined : this.workspace.record(live.hovered);
    if (record === undefined || this.toolbox.busy || !isVisible(record)) return;
    if (!selection.includes(record.id)) this.drawActive(view, record, false, false);
    this.drawName(view, record);
  }

  /**
   * Dark casing below, colour above: readable on any picture. One of a mass gets a plain stroke. A mask that is not
   * lifted has its fill on the committed layer already, and filling is what costs.
   */
  private drawActive(view: DrawView, record: ShapeRecord, mass: boolean, lifted: boolean): void {
    const util = shapeUtil(record.geometry);
    const bounds = util.bounds(record.geometry);
    if (bounds === null) return;
    const { ctx } = this.surface;
    this.mark(expandBox(boxToDevice(view, bounds), 6 * this.ratio));
    const { color } = this.workspace.settings.labels(record.label);
    const active = this.paints.of(record, color, "active");
    const filled = lifted || record.geometry.type !== "mask";
    const paint = filled ? active : { ...active, fill: null };
    if (!mass) this.drawCasing(view, record.geometry, paint.width);
    applyPaint(ctx, paint);
    util.draw(ctx, record.geometry, view, paint);
  }

  private drawCasing(view: DrawView, geometry: Geometry, width: number): void {
    const { ctx } = this.surface;
    const casing = { stroke: OVERLAY.casing, fill: null, width: width + 2 * this.ratio, dash: [] };
    applyPaint(ctx, casing);
    shapeUtil(geometry).draw(ctx, geometry, view, casing);
  }

  private drawName(view: DrawView, record: ShapeRecord): void {
    const bounds = shapeUtil(record.geometry).bounds(record.geometry);
    if (bounds === null) return;
    const box = boxToDevice(view, bounds);
    const { name, color } = this.workspace.settings.labels(record.label);
    const text = record.score === null ? name : `${name} ${record.score.toFixed(2)}`;
    this.mark(drawChip(this.surface.ctx, text, box, color, this.ratio));
  }

  private drawHandles(view: DrawView, geometry: Geometry): void {
    for (const handle of shapeUtil(geometry).handles(geometry, this.workspace.pixel)) {
      const active = handle.id === this.workspace.live.hoveredHandle;
      const p = toDevice(view, handle.point);
      this.mark(...drawHandle(this.surface.ctx, p, handle.kind, active, this.ratio));
    }
  }

  /** Width × height in image pixels, below the shape. */
  private drawMeasure(view: DrawView, geometry: Geometry): void {
    const bounds = measured(geometry) ?? shapeUtil(geometry).bounds(geometry);
    if (bounds === null) return;
    const box = boxToDevice(
      view,
      shapeUtil(geometry).bounds(geometry) ?? { x: 0, y: 0, w: 0, h: 0 },
    );
    const text = `${Math.round(bounds.w)} × ${Math.round(bounds.h)}`;
    const at = { x: boxCentre(box).x - 24 * this.ratio, y: box.y + box.h + 24 * this.ratio };
    this.mark(drawChip(this.surface.ctx, text, at, OVERLAY.chipDark, this.ratio));
  }

  private drawStroke(view: DrawView): void {
    const { stroke } = this.workspace.live;
    const color = stroke === null ? "" : this.workspace.settings.labels(stroke.label).color;
    const box = this.strokes.draw(this.surface.ctx, stroke, view, color);
    if (box !== null) this.mark(box);
  }

  private drawDraft(view: DrawView): void {
    const { draft } = this.workspace.live;
    if (draft === null) return;
    const { color } = this.workspace.settings.labels(draft.label);
    const util = shapeUtil(draft.geometry);
    const bounds = util.bounds(draft.geometry);
    if (bounds !== null) {
      const { ctx } = this.surface;
      const paint = this.paints.of(
        { geometry: draft.geometry, prediction: false },
        color,
        "active",
      );
      this.mark(expandBox(boxToDevice(view, bounds), 6 * this.ratio));
      this.drawCasing(view, draft.geometry, paint.width);
      applyPaint(ctx, paint);
      util.draw(ctx, draft.geometry, view, paint);
      if (draft.geometry.type !== "polyline") this.drawMeasure(view, draft.geometry);
    }
    if (draft.geometry.type !== "polyline") return;
    for (const [i, p] of draft.vertices.entries()) {
      const closes = draft.closing && i === 0;
      this.mark(...drawHandle(this.surface.ctx, toDevice(view, p), "vertex", closes, this.ratio));
    }
  }

  private drawMarks(view: DrawView): void {
    const { ctx, size } = this.surface;
    const { marquee, pointer, snapped } = this.workspace.live;
    if (marquee !== null) this.mark(...drawMarquee(ctx, boxToDevice(view, marquee), this.ratio));
    if (pointer === null) return;
    if (this.toolbox.crosshair)
      this.mark(...drawCrosshair(ctx, toDevice(view, snapped ?? pointer), size));
    if (snapped !== null) this.mark(...drawSnap(ctx, toDevice(view, snapped), this.ratio));
    // The brush hides the system's cursor and shows its own footprint.
    if (this.toolbox.cursor !== "none") return;
    const { brushSize } = this.workspace.settings;
    const centre = view.scale >= 4 ? brushCentre(pointer, brushSize) : pointer;
    const radius = (brushSize * view.scale) / 2;
    this.mark(...drawBrushRing(ctx, toDevice(view, centre), radius, this.ratio));
  }
}

/** The sides of a turned box are its own, not those of its bounds. */
function measured(geometry: Geometry): { w: number; h: number } | null {
  return geometry.type === "rotated_box" ? { w: geometry.w, h: geometry.h } : null;
}
