/** What changes with the pointer: hover, selection, handles, drafts, crosshair. Clears only what it drew before. */
import { boxCentre, expandBox } from "../geometry/box";
import type { Box, Geometry, Vec } from "../geometry/types";
import { brushCentre } from "../kernels/brush";
import type { ShapeRecord } from "../scene/records";
import { shapeUtil } from "../shapes/registry";
import type { DrawView, Handle } from "../shapes/shape-util";
import type { Toolbox } from "../tools/toolbox";
import type { Workspace } from "../tools/workspace";
import { drawChip } from "./chips";
import { applyPaint, OVERLAY, Paints } from "./paints";
import { StrokeRaster } from "./stroke-raster";
import { Surface } from "./surface";
import { boxToDevice, toDevice } from "./view";

const HANDLE_SIZE = 8;
const VERTEX_SIZE = 7;

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
    this.drawMarquee(view);
    this.drawPointer(view);
    ctx.setLineDash([]);
  }

  /** Remembers that a box (device pixels) was painted on. */
  private mark(box: Box): void {
    const grown = expandBox(box, 2 * this.ratio);
    const x = Math.floor(grown.x);
    const y = Math.floor(grown.y);
    this.drawn.push({
      x,
      y,
      w: Math.ceil(grown.x + grown.w) - x,
      h: Math.ceil(grown.y + grown.h) - y,
    });
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
      this.drawHandle(toDevice(view, handle.point), handle.kind, active);
    }
  }

  private drawHandle(p: Vec, kind: Handle["kind"], active: boolean): void {
    const { ctx } = this.surface;
    const side =
      Math.round((kind === "vertex" ? VERTEX_SIZE : HANDLE_SIZE) * this.ratio) +
      (active ? 2 * this.ratio : 0);
    const x = Math.round(p.x - side / 2) + 0.5;
    const y = Math.round(p.y - side / 2) + 0.5;
    ctx.setLineDash([]);
    ctx.lineWidth = Math.max(1, Math.round(this.ratio));
    ctx.fillStyle = active ? OVERLAY.marquee : OVERLAY.handle;
    ctx.strokeStyle = active ? OVERLAY.handle : OVERLAY.handleEdge;
    ctx.beginPath();
    if (kind === "resize") ctx.rect(x, y, side, side);
    else ctx.arc(x + side / 2, y + side / 2, side / 2, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    this.mark({ x, y, w: side, h: side });
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
      this.drawHandle(toDevice(view, p), "vertex", draft.closing && i === 0);
    }
  }

  private drawMarquee(view: DrawView): void {
    const { marquee } = this.workspace.live;
    if (marquee === null) return;
    const { ctx } = this.surface;
    const box = boxToDevice(view, marquee);
    const [x, y, w, h] = [
      Math.round(box.x) + 0.5,
      Math.round(box.y) + 0.5,
      Math.round(box.w),
      Math.round(box.h),
    ];
    ctx.fillStyle = OVERLAY.marqueeFill;
    ctx.fillRect(x, y, w, h);
    ctx.strokeStyle = OVERLAY.marquee;
    ctx.lineWidth = Math.max(1, Math.round(this.ratio));
    ctx.setLineDash([4 * this.ratio, 3 * this.ratio]);
    ctx.strokeRect(x, y, w, h);
    this.mark({ x, y, w, h });
  }

  private drawPointer(view: DrawView): void {
    const { pointer, snapped } = this.workspace.live;
    if (pointer === null) return;
    // The brush hides the system's cursor and shows its own footprint.
    if (this.toolbox.cursor === "none") this.drawBrushRing(view, pointer);
    if (this.toolbox.crosshair) this.drawCrosshair(toDevice(view, snapped ?? pointer));
    if (snapped !== null) this.drawSnap(toDevice(view, snapped));
  }

  private drawCrosshair(p: Vec): void {
    const { ctx } = this.surface;
    const { width, height } = this.surface.size;
    const x = Math.round(p.x);
    const y = Math.round(p.y);
    ctx.fillStyle = OVERLAY.crosshairCasing;
    ctx.fillRect(x - 1, 0, 3, height);
    ctx.fillRect(0, y - 1, width, 3);
    ctx.fillStyle = OVERLAY.crosshair;
    ctx.fillRect(x, 0, 1, height);
    ctx.fillRect(0, y, width, 1);
    this.mark({ x: x - 1, y: 0, w: 3, h: height });
    this.mark({ x: 0, y: y - 1, w: width, h: 3 });
  }

  private drawBrushRing(view: DrawView, pointer: Vec): void {
    const { ctx } = this.surface;
    const { brushSize } = this.workspace.settings;
    const centre = toDevice(view, view.scale >= 4 ? brushCentre(pointer, brushSize) : pointer);
    const radius = Math.max((brushSize * view.scale) / 2, 1.5 * this.ratio);
    ctx.setLineDash([]);
    for (const [color, width] of [
      [OVERLAY.crosshairCasing, 3],
      [OVERLAY.handle, 1],
    ] as const) {
      ctx.strokeStyle = color;
      ctx.lineWidth = width * this.ratio;
      ctx.beginPath();
      ctx.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
      ctx.stroke();
    }
    this.mark({ x: centre.x - radius, y: centre.y - radius, w: 2 * radius, h: 2 * radius });
  }

  private drawSnap(p: Vec): void {
    const { ctx } = this.surface;
    const r = 5 * this.ratio;
    ctx.setLineDash([]);
    ctx.strokeStyle = OVERLAY.snap;
    ctx.lineWidth = 1.5 * this.ratio;
    ctx.beginPath();
    ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
    ctx.stroke();
    this.mark({ x: p.x - r, y: p.y - r, w: 2 * r, h: 2 * r });
  }
}

/** The sides of a turned box are its own, not those of its bounds. */
function measured(geometry: Geometry): { w: number; h: number } | null {
  return geometry.type === "rotated_box" ? { w: geometry.w, h: geometry.h } : null;
}
