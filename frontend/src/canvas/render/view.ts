/** The camera in device pixels, with a scratch canvas for masks. */
import type { Box, Size, Vec } from "../geometry/types";
import type { Camera } from "../kernels/camera";
import type { DrawView } from "../shapes/shape-util";

/** From this many device pixels per image pixel on, pixels are squares. */
export const SHARP_FROM = 3;

export class Scratch {
  private ctx: CanvasRenderingContext2D | null = null;

  constructor(private readonly owner: Document) {}

  take(width: number, height: number): CanvasRenderingContext2D | null {
    if (this.ctx === null) {
      this.ctx = this.owner.createElement("canvas").getContext("2d");
      if (this.ctx === null) return null;
    }
    const { canvas } = this.ctx;
    if (canvas.width < width) canvas.width = width;
    if (canvas.height < height) canvas.height = height;
    return this.ctx;
  }
}

export function drawView(camera: Camera, ratio: number, size: Size, scratch: Scratch): DrawView {
  return {
    scale: camera.zoom * ratio,
    dx: camera.x * ratio,
    dy: camera.y * ratio,
    width: size.width,
    height: size.height,
    scratch: (w, h) => scratch.take(w, h),
  };
}

export const toDevice = (view: DrawView, p: Vec): Vec => ({
  x: p.x * view.scale + view.dx,
  y: p.y * view.scale + view.dy,
});

export const boxToDevice = (view: DrawView, box: Box): Box => ({
  x: box.x * view.scale + view.dx,
  y: box.y * view.scale + view.dy,
  w: box.w * view.scale,
  h: box.h * view.scale,
});
