/** The picture: drawn through the camera, from a smaller copy when zoomed far out, from tiles when it is very large. */
import type { Size } from "../geometry/types";
import type { DrawView } from "../shapes/shape-util";
import { OVERLAY } from "./paints";
import { Surface } from "./surface";
import { TileLayer } from "./tile-layer";
import type { TileSource } from "./tile-requests";
import { SHARP_FROM } from "./view";

const GRID_FROM = 16;
/** Copies are made for pictures with a side longer than this. */
const MIP_FROM = 2048;

export class ImageLayer {
  readonly surface: Surface;
  private readonly tiles: TileLayer;
  private source: CanvasImageSource | null = null;
  private mips = new Map<number, ImageBitmap>();
  private readonly pending = new Set<number>();
  private generation = 0;

  constructor(
    host: HTMLElement,
    private readonly invalidate: () => void,
  ) {
    this.surface = new Surface(host, "image");
    this.tiles = new TileLayer(invalidate);
  }

  /** The picture may have fewer pixels than the image it stands for (a preview); its tiles have the others. */
  setSource(source: CanvasImageSource | null, tiles: TileSource | null): void {
    this.tiles.setSource(tiles);
    if (source === this.source) return;
    this.source = source;
    this.dropMips();
  }

  /** A CSS filter such as "brightness(1.2) contrast(1.1)", or an empty text. Changes the view only. */
  setFilter(filter: string): void {
    this.surface.canvas.style.filter = filter;
  }

  draw(view: DrawView, image: Size): void {
    const { ctx } = this.surface;
    this.surface.clear();
    // A closed bitmap or a picture that has not arrived has no width; drawing it would throw.
    const natural = this.source === null ? null : naturalSize(this.source);
    if (this.source === null || natural?.width === 0) {
      this.drawPaper(view, image);
      return;
    }
    const density = longer(natural ?? image) / longer(image);
    if (!this.tiles.look(view, image, density))
      this.drawSource(this.source, view, image, Math.min(density, 1));
    this.tiles.draw(ctx, view, image);
    if (view.scale >= GRID_FROM) this.drawGrid(view, image);
  }

  remove(): void {
    this.tiles.setSource(null);
    this.dropMips();
    this.surface.remove();
  }

  /** Where the picture will be, or would be if it were here: shapes lie on it. */
  private drawPaper(view: DrawView, image: Size): void {
    const left = Math.round(view.dx);
    const top = Math.round(view.dy);
    const right = Math.round(view.dx + image.width * view.scale);
    const bottom = Math.round(view.dy + image.height * view.scale);
    this.surface.ctx.fillStyle = OVERLAY.paper;
    this.surface.ctx.fillRect(left, top, right - left, bottom - top);
  }

  /** `density`: pixels of the picture per pixel of the image, 1 for the image itself and less for a preview. */
  private drawSource(
    source: CanvasImageSource,
    view: DrawView,
    image: Size,
    density: number,
  ): void {
    const { ctx } = this.surface;
    const left = Math.round(view.dx);
    const top = Math.round(view.dy);
    const width = Math.round(view.dx + image.width * view.scale) - left;
    const height = Math.round(view.dy + image.height * view.scale) - top;
    // Pixels of a preview are none of the image: as squares they would only look like them.
    ctx.imageSmoothingEnabled = view.scale < SHARP_FROM || density < 1;
    ctx.imageSmoothingQuality = view.scale < 0.5 ? "medium" : "low";
    if (view.scale < 2 * density)
      ctx.drawImage(this.pictureFor(view.scale, image), left, top, width, height);
    else this.drawVisiblePart(source, view, image);
  }

  /** Enlarged, only what is in view is handed over: huge target rectangles are slow and lose precision. */
  private drawVisiblePart(source: CanvasImageSource, view: DrawView, image: Size): void {
    const x0 = Math.max(Math.floor(-view.dx / view.scale), 0);
    const y0 = Math.max(Math.floor(-view.dy / view.scale), 0);
    const x1 = Math.min(Math.ceil((view.width - view.dx) / view.scale), image.width);
    const y1 = Math.min(Math.ceil((view.height - view.dy) / view.scale), image.height);
    if (x1 <= x0 || y1 <= y0) return;
    const natural = naturalSize(source) ?? image;
    const fx = natural.width / image.width;
    const fy = natural.height / image.height;
    const [left, top] = [x0 * view.scale + view.dx, y0 * view.scale + view.dy];
    const [width, height] = [(x1 - x0) * view.scale, (y1 - y0) * view.scale];
    this.surface.ctx.drawImage(
      source,
      x0 * fx,
      y0 * fy,
      (x1 - x0) * fx,
      (y1 - y0) * fy,
      left,
      top,
      width,
      height,
    );
  }

  private drawGrid(view: DrawView, image: Size): void {
    const { ctx } = this.surface;
    const x0 = Math.max(Math.floor(-view.dx / view.scale), 0);
    const y0 = Math.max(Math.floor(-view.dy / view.scale), 0);
    const x1 = Math.min(Math.ceil((view.width - view.dx) / view.scale), image.width);
    const y1 = Math.min(Math.ceil((view.height - view.dy) / view.scale), image.height);
    ctx.fillStyle = OVERLAY.grid;
    const top = y0 * view.scale + view.dy;
    const left = x0 * view.scale + view.dx;
    for (let x = x0; x <= x1; x += 1)
      ctx.fillRect(Math.round(x * view.scale + view.dx), top, 1, (y1 - y0) * view.scale);
    for (let y = y0; y <= y1; y += 1)
      ctx.fillRect(left, Math.round(y * view.scale + view.dy), (x1 - x0) * view.scale, 1);
  }

  /** Halved copies come a moment later; until then the original does. */
  private pictureFor(scale: number, image: Size): CanvasImageSource {
    const source = this.source as CanvasImageSource;
    if (scale > 0.5 || longer(image) < MIP_FROM) return source;
    const natural = naturalSize(source);
    if (natural === null || natural.width < image.width) return source;
    const level = Math.min(Math.floor(-Math.log2(scale)), 3);
    const ready = this.mips.get(level);
    if (ready === undefined) void this.makeMip(source, level, natural);
    return ready ?? source;
  }

  private async makeMip(source: CanvasImageSource, level: number, natural: Size): Promise<void> {
    if (
      this.pending.has(level) ||
      !(source instanceof ImageBitmap || source instanceof HTMLImageElement)
    )
      return;
    this.pending.add(level);
    const { generation } = this;
    const resizeWidth = Math.max(1, natural.width >> level);
    const resizeHeight = Math.max(1, natural.height >> level);
    try {
      const mip = await createImageBitmap(source, {
        resizeWidth,
        resizeHeight,
        resizeQuality: "medium",
      });
      if (generation !== this.generation) {
        mip.close();
        return;
      }
      this.mips.set(level, mip);
      this.invalidate();
    } catch (error) {
      // A bitmap that was closed meanwhile, or no memory: the original is drawn instead, only slower.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  private dropMips(): void {
    this.generation += 1;
    this.pending.clear();
    for (const mip of this.mips.values()) mip.close();
    this.mips = new Map();
  }
}

const longer = (size: Size): number => Math.max(size.width, size.height);

function naturalSize(source: CanvasImageSource): Size | null {
  if (source instanceof HTMLImageElement)
    return { width: source.naturalWidth, height: source.naturalHeight };
  if ("width" in source && typeof source.width === "number" && typeof source.height === "number") {
    return { width: source.width, height: source.height };
  }
  return null;
}
