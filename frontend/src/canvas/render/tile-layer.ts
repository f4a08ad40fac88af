/** The tiles of a large picture: asks for those in view and draws them over its preview. */
import type { Size } from "../geometry/types";
import { levelFor, placeTile, type TileId, type TileView, tilesInView } from "../kernels/tiles";
import { TileCache } from "./tile-cache";
import { TileRequests, type TileSource } from "./tile-requests";
import { SHARP_FROM } from "./view";

/** Zooming through levels, only the one at which it comes to rest is fetched. */
const SETTLE_MS = 60;

interface Tiles {
  readonly source: TileSource;
  readonly cache: TileCache;
  readonly requests: TileRequests;
}

export class TileLayer {
  private tiles: Tiles | null = null;
  /** What the last frame needs: its level (null: the preview is enough) and the tiles in view. */
  private level: number | null = null;
  private inView: readonly TileId[] = [];
  private complete = false;
  private askedLevel: number | null = null;
  private settling: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly invalidate: () => void) {}

  /** Of another picture, or none: everything of the last one is given back. */
  setSource(source: TileSource | null): void {
    if (source === (this.tiles?.source ?? null)) return;
    this.stopSettling();
    this.tiles?.requests.stop();
    this.tiles?.cache.clear();
    this.level = null;
    this.askedLevel = null;
    this.inView = [];
    if (source === null) {
      this.tiles = null;
      return;
    }
    const cache = new TileCache(source.budget);
    const requests = new TileRequests(source, (tile, bitmap) => {
      cache.add(tile, bitmap);
      cache.trim(this.inView);
      this.invalidate();
    });
    this.tiles = { source, cache, requests };
  }

  /**
   * Takes over what is looked at and asks for what is missing; `preview` is preview pixels per image pixel.
   * True when tiles cover all of it, so that nothing needs to be drawn below them.
   */
  look(view: TileView, image: Size, preview: number): boolean {
    if (this.tiles === null) return false;
    const { source, cache } = this.tiles;
    this.level = levelFor(view.scale, preview, source.levels);
    this.inView = this.level === null ? [] : tilesInView(view, image, source.size, this.level);
    cache.trim(this.inView);
    this.askSoon();
    this.complete = this.inView.length > 0 && this.inView.every((tile) => cache.has(tile));
    return this.complete;
  }

  /** Coarse tiles first; those of the right level last, alone where they cover everything. */
  draw(ctx: CanvasRenderingContext2D, view: TileView, image: Size): void {
    const { tiles, level, complete } = this;
    if (tiles === null || level === null) return;
    const { cache, source } = tiles;
    const order = (tile: TileId): number => (tile.level === level ? -1 : tile.level);
    const drawn = cache.all().filter(({ tile }) => !complete || tile.level === level);
    for (const { tile, bitmap } of drawn.sort((a, b) => order(b.tile) - order(a.tile))) {
      const place = placeTile(tile, image, source.size, view);
      if (place === null) continue;
      const { from, to } = place;
      // Only the image's own pixels are squares; those of coarser levels would look like them.
      ctx.imageSmoothingEnabled = view.scale < SHARP_FROM || tile.level > 0;
      ctx.imageSmoothingQuality = view.scale * 2 ** tile.level < 0.5 ? "medium" : "low";
      ctx.drawImage(bitmap, from.x, from.y, from.w, from.h, to.x, to.y, to.w, to.h);
    }
  }

  private askSoon(): void {
    this.stopSettling();
    if (this.level === this.askedLevel) this.ask();
    else
      this.settling = setTimeout(() => {
        this.settling = null;
        this.ask();
      }, SETTLE_MS);
  }

  private ask(): void {
    if (this.tiles === null) return;
    const { cache, requests } = this.tiles;
    this.askedLevel = this.level;
    requests.want(this.inView.filter((tile) => !cache.has(tile)));
  }

  private stopSettling(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
  }
}
