/** The mask of a stroke in progress on a canvas of its own: only what the brush touched is computed anew. */
import type { Box } from "../geometry/types";
import { rasterTiles } from "../kernels/tile-raster";
import type { Stroke } from "../scene/live";
import type { DrawView } from "../shapes/shape-util";
import { withAlpha } from "./paints";
import { boxToDevice } from "./view";

const STROKE_ALPHA = "80";

export class StrokeRaster {
  private ctx: CanvasRenderingContext2D | null = null;
  /** What the canvas holds; anything else means to start over. */
  private key = "";

  constructor(private readonly owner: Document) {}

  /** Draws the stroke on `target` and returns the covered box in device pixels. */
  draw(
    target: CanvasRenderingContext2D,
    stroke: Stroke | null,
    view: DrawView,
    color: string,
  ): Box | null {
    if (stroke === null) {
      this.key = "";
      return null;
    }
    const own = this.context();
    if (own === null) return null;
    const key = `${view.scale}:${view.dx}:${view.dy}:${view.width}:${view.height}:${color}`;
    if (key !== this.key) {
      own.canvas.width = view.width;
      own.canvas.height = view.height;
      this.key = key;
      this.refresh(own, stroke, view, color, null);
    } else if (stroke.dirty !== null) {
      this.refresh(own, stroke, view, color, boxToDevice(view, stroke.dirty));
    }
    stroke.dirty = null;
    return copyPart(own, target, boxToDevice(view, stroke.bbox), view);
  }

  private context(): CanvasRenderingContext2D | null {
    this.ctx ??= this.owner.createElement("canvas").getContext("2d");
    return this.ctx;
  }

  private refresh(
    own: CanvasRenderingContext2D,
    stroke: Stroke,
    view: DrawView,
    color: string,
    window: Box | null,
  ): void {
    const whole = { x: 0, y: 0, w: view.width, h: view.height };
    const raster = rasterTiles(stroke, view, withAlpha(color, STROKE_ALPHA), window ?? whole);
    if (raster === null) return;
    own.putImageData(new ImageData(raster.data, raster.width, raster.height), raster.x, raster.y);
  }
}

function copyPart(
  from: CanvasRenderingContext2D,
  to: CanvasRenderingContext2D,
  box: Box,
  view: DrawView,
): Box | null {
  const x = Math.max(Math.floor(box.x) - 1, 0);
  const y = Math.max(Math.floor(box.y) - 1, 0);
  const w = Math.min(Math.ceil(box.x + box.w) + 1, view.width) - x;
  const h = Math.min(Math.ceil(box.y + box.h) + 1, view.height) - y;
  if (w <= 0 || h <= 0) return null;
  to.drawImage(from.canvas, x, y, w, h, x, y, w, h);
  return { x, y, w, h };
}
