/** One canvas that covers the viewport, sized in device pixels. */
import type { Size } from "../geometry/types";

/** More is refused by some browsers (Safari stops at 16.7 million pixels per canvas). */
const MAX_PIXELS = 16_000_000;
/** Sharper than this is not seen, only paid for. */
const MAX_RATIO = 2;

/** Device pixels per CSS pixel to draw with. */
export function pixelRatio(device: number, viewport: Size): number {
  const wanted = Math.min(Math.max(device, 1), MAX_RATIO);
  const area = viewport.width * viewport.height;
  return area * wanted * wanted <= MAX_PIXELS ? wanted : Math.sqrt(MAX_PIXELS / Math.max(area, 1));
}

export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly ctx: CanvasRenderingContext2D;

  constructor(host: HTMLElement, layer: string) {
    this.canvas = host.ownerDocument.createElement("canvas");
    this.canvas.dataset["layer"] = layer;
    this.canvas.setAttribute("aria-hidden", "true");
    this.canvas.style.cssText =
      "position:absolute;inset:0;width:100%;height:100%;pointer-events:none;transform-origin:0 0";
    host.append(this.canvas);
    const ctx = this.canvas.getContext("2d");
    if (ctx === null)
      throw new Error("This browser gives no 2D canvas, so images cannot be drawn.");
    this.ctx = ctx;
  }

  get size(): Size {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  resize(width: number, height: number): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  clear(): void {
    this.ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  remove(): void {
    this.canvas.remove();
  }
}
