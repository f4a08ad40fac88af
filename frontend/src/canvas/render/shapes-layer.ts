/** The committed shapes as one raster, redrawn where something changed. */
import { boxesTouch, expandBox } from "../geometry/box";
import type { Box } from "../geometry/types";
import type { ShapeRecord } from "../scene/records";
import { inDrawingOrder } from "../scene/snapshot";
import { shapeUtil } from "../shapes/registry";
import type { DrawView, Paint } from "../shapes/shape-util";
import type { Workspace } from "../tools/workspace";
import { chipBox, drawChip } from "./chips";
import { applyPaint, Paints } from "./paints";
import { Surface } from "./surface";
import { boxToDevice } from "./view";

/** With more shapes in view than this, none is filled: fills cost most and hide the picture. */
const FILL_UP_TO = 1000;
/** Score chips need room: not with more suggestions in view, nor on shapes smaller than this (CSS pixels). */
const CHIPS_UP_TO = 150;
const CHIP_FROM = 24;
/** Shapes smaller than this many device pixels are dots. */
const DOT_BELOW = 3;
/** Chips and strokes reach beyond the bounds of their shape by at most this (CSS pixels). */
export const SHAPE_MARGIN = 72;

export class ShapesLayer {
  readonly surface: Surface;
  private paints = new Paints(1);
  private ratio = 1;

  constructor(
    host: HTMLElement,
    private readonly workspace: Workspace,
  ) {
    this.surface = new Surface(host, "shapes");
  }

  setRatio(ratio: number): void {
    this.ratio = ratio;
    this.paints = new Paints(ratio);
  }

  /** Redraws `region` (image pixels), or everything for null. */
  draw(view: DrawView, region: Box | null): void {
    const { ctx } = this.surface;
    const margin = (SHAPE_MARGIN * this.ratio) / view.scale;
    const visible = {
      x: -view.dx / view.scale,
      y: -view.dy / view.scale,
      w: view.width / view.scale,
      h: view.height / view.scale,
    };
    if (region !== null && !boxesTouch(region, expandBox(visible, margin))) return;
    const records = this.recordsIn(expandBox(region ?? visible, margin));
    ctx.save();
    if (region === null) this.surface.clear();
    else clipTo(ctx, boxToDevice(view, expandBox(region, margin)));
    const inView = region === null ? records : this.recordsIn(visible);
    this.paint(view, records, inView.length);
    this.drawChips(view, inView);
    ctx.restore();
  }

  private recordsIn(box: Box): ShapeRecord[] {
    const { document, isVisible, live } = this.workspace;
    const { lifted } = live;
    const records = document.index.search(box).flatMap((id) => document.store.get(id) ?? []);
    return inDrawingOrder(records.filter((record) => !lifted.has(record.id) && isVisible(record)));
  }

  private paint(view: DrawView, records: readonly ShapeRecord[], inView: number): void {
    const { ctx } = this.surface;
    const { massSelection, settings } = this.workspace;
    const kind = inView <= FILL_UP_TO ? "filled" : "plain";
    let last: Paint | null = null;
    for (const record of records) {
      const { color } = settings.labels(record.label);
      const paint = this.paints.of(record, color, massSelection?.has(record.id) ? "active" : kind);
      if (paint !== last) applyPaint(ctx, paint);
      last = paint;
      this.drawOne(ctx, record, view, paint);
    }
  }

  private drawOne(
    ctx: CanvasRenderingContext2D,
    record: ShapeRecord,
    view: DrawView,
    paint: Paint,
  ): void {
    const util = shapeUtil(record.geometry);
    const bounds = util.bounds(record.geometry);
    if (bounds === null) return;
    if (
      record.geometry.type !== "keypoints" &&
      record.geometry.type !== "points" &&
      Math.max(bounds.w, bounds.h) * view.scale < DOT_BELOW
    ) {
      const { x, y } = boxToDevice(view, bounds);
      ctx.fillStyle = paint.stroke;
      ctx.fillRect(Math.round(x), Math.round(y), 2, 2);
      if (paint.fill !== null) ctx.fillStyle = paint.fill;
      return;
    }
    util.draw(ctx, record.geometry, view, paint);
  }

  /**
   * Scores of suggestions, and names when wanted. Where chips would cover each other the later shape goes without;
   * decided over everything in view, so that redrawing a part gives the same picture.
   */
  private drawChips(view: DrawView, inView: readonly ShapeRecord[]): void {
    const { settings } = this.workspace;
    const labelled = inView.filter((record) => record.prediction || settings.visibility.names);
    if (labelled.length > CHIPS_UP_TO) return;
    const taken: Box[] = [];
    for (const record of labelled) {
      const bounds = shapeUtil(record.geometry).bounds(record.geometry);
      if (bounds === null) continue;
      const box = boxToDevice(view, bounds);
      if (Math.min(box.w, box.h) < CHIP_FROM * this.ratio) continue;
      const { name, color } = settings.labels(record.label);
      const text = chipText(record, settings.visibility.names ? name : null);
      const place = chipBox(this.surface.ctx, text, box, this.ratio);
      if (taken.some((other) => boxesTouch(other, place))) continue;
      taken.push(place);
      drawChip(this.surface.ctx, text, box, color, this.ratio);
    }
  }
}

const chipText = (record: ShapeRecord, name: string | null): string =>
  [name, record.score !== null && record.prediction ? record.score.toFixed(2) : null]
    .filter((part) => part !== null)
    .join(" ");

/** Clips to whole device pixels and clears them. */
function clipTo(ctx: CanvasRenderingContext2D, box: Box): void {
  const x = Math.floor(box.x);
  const y = Math.floor(box.y);
  const w = Math.ceil(box.x + box.w) - x;
  const h = Math.ceil(box.y + box.h) - y;
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.clearRect(x, y, w, h);
}
