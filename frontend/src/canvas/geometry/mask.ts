/**
 * Painted regions as persistent tiles: 64 × 64 bytes each, shared between versions. A stroke copies only the tiles
 * it touches, so undo costs those tiles and nothing else, and no buffer ever has the size of the image.
 */
import type { Box, Mask, Size, TileMap } from "./types";

export type { Mask, TileMap };

export const TILE = 64;
const TILE_SHIFT = 6;
const TILE_MASK = TILE - 1;
const ROW_STRIDE = 1 << 20;

/** A dense window: row-major bytes 0 or 1. */
export interface MaskCrop {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly data: Uint8Array;
}

interface TileStats {
  readonly count: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

// Tiles of committed masks never change, so what was once counted stays true.
const statsCache = new WeakMap<Uint8Array, TileStats>();

export const tileKey = (tx: number, ty: number): number => ty * ROW_STRIDE + tx;

function tileStats(tile: Uint8Array): TileStats {
  const cached = statsCache.get(tile);
  if (cached !== undefined) return cached;
  let count = 0;
  let left = TILE;
  let top = TILE;
  let right = -1;
  let bottom = -1;
  for (let i = 0; i < tile.length; i += 1) {
    if (tile[i] !== 1) continue;
    const x = i & TILE_MASK;
    const y = i >> TILE_SHIFT;
    count += 1;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    bottom = y;
  }
  const stats = { count, left, top, right, bottom };
  statsCache.set(tile, stats);
  return stats;
}

function maskFromTiles(tiles: Map<number, Uint8Array>): Mask {
  let area = 0;
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = -1;
  let bottom = -1;
  for (const [key, tile] of tiles) {
    const stats = tileStats(tile);
    if (stats.count === 0) {
      tiles.delete(key);
      continue;
    }
    const x = (key % ROW_STRIDE) * TILE;
    const y = Math.floor(key / ROW_STRIDE) * TILE;
    area += stats.count;
    left = Math.min(left, x + stats.left);
    top = Math.min(top, y + stats.top);
    right = Math.max(right, x + stats.right);
    bottom = Math.max(bottom, y + stats.bottom);
  }
  const bbox =
    area === 0
      ? { x: 0, y: 0, w: 0, h: 0 }
      : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
  return { bbox, area, tiles };
}

export const EMPTY_MASK: Mask = { bbox: { x: 0, y: 0, w: 0, h: 0 }, area: 0, tiles: new Map() };

/** 1 where painted; anything outside is 0. Coordinates are whole pixels. */
export function pixelAt(tiles: TileMap, x: number, y: number): 0 | 1 {
  if (x < 0 || y < 0) return 0;
  const tile = tiles.get(tileKey(x >> TILE_SHIFT, y >> TILE_SHIFT));
  return tile !== undefined && tile[((y & TILE_MASK) << TILE_SHIFT) | (x & TILE_MASK)] === 1
    ? 1
    : 0;
}

/** A mutable copy-on-write edit of a mask inside an image of the given size. */
export class MaskEditor {
  private readonly own = new Set<number>();
  private readonly map: Map<number, Uint8Array>;

  constructor(
    base: Mask,
    private readonly size: Size,
  ) {
    this.map = new Map(base.tiles);
  }

  get tiles(): TileMap {
    return this.map;
  }

  /** Sets pixels x0 … x1 (inclusive) of row y to 0 or 1; what lies outside the image is ignored. */
  setSpan(y: number, x0: number, x1: number, value: 0 | 1): void {
    if (y < 0 || y >= this.size.height) return;
    const end = Math.min(x1, this.size.width - 1);
    let x = Math.max(x0, 0);
    while (x <= end) {
      const stop = Math.min(end, x | TILE_MASK);
      const tile = this.writable(x >> TILE_SHIFT, y >> TILE_SHIFT, value);
      const row = (y & TILE_MASK) << TILE_SHIFT;
      tile?.fill(value, row | (x & TILE_MASK), (row | (stop & TILE_MASK)) + 1);
      x = stop + 1;
    }
  }

  commit(): Mask {
    this.own.clear();
    return maskFromTiles(new Map(this.map));
  }

  private writable(tx: number, ty: number, value: 0 | 1): Uint8Array | undefined {
    const key = tileKey(tx, ty);
    const existing = this.map.get(key);
    if (existing !== undefined && this.own.has(key)) return existing;
    if (existing === undefined && value === 0) return undefined;
    const copy = existing === undefined ? new Uint8Array(TILE * TILE) : existing.slice();
    this.own.add(key);
    this.map.set(key, copy);
    return copy;
  }
}

/** Every non-zero byte of the crop is painted. The crop must lie at non-negative coordinates. */
export function maskFromCrop(crop: MaskCrop): Mask {
  const editor = new MaskEditor(EMPTY_MASK, { width: crop.x + crop.w, height: crop.y + crop.h });
  for (let row = 0; row < crop.h; row += 1) {
    const start = row * crop.w;
    let x = 0;
    while (x < crop.w) {
      while (x < crop.w && crop.data[start + x] === 0) x += 1;
      const from = x;
      while (x < crop.w && crop.data[start + x] !== 0) x += 1;
      if (x > from) editor.setSpan(crop.y + row, crop.x + from, crop.x + x - 1, 1);
    }
  }
  return editor.commit();
}

/** A dense copy of `window`, by default of the tight bounds. */
export function maskToCrop(mask: Pick<Mask, "bbox" | "tiles">, window: Box = mask.bbox): MaskCrop {
  const { x, y, w, h } = window;
  const data = new Uint8Array(w * h);
  for (let row = 0; row < h; row += 1) {
    let column = 0;
    while (column < w) {
      const px = x + column;
      const py = y + row;
      const run = Math.min(w - column, TILE - (px & TILE_MASK));
      const tile =
        px < 0 || py < 0 ? undefined : mask.tiles.get(tileKey(px >> TILE_SHIFT, py >> TILE_SHIFT));
      if (tile !== undefined) {
        const from = ((py & TILE_MASK) << TILE_SHIFT) | (px & TILE_MASK);
        data.set(tile.subarray(from, from + run), row * w + column);
      }
      column += run;
    }
  }
  return { x, y, w, h, data };
}

export function masksEqual(a: Mask, b: Mask): boolean {
  if (a === b) return true;
  if (a.area !== b.area || a.bbox.x !== b.bbox.x || a.bbox.y !== b.bbox.y) return false;
  const left = maskToCrop(a).data;
  const right = maskToCrop(b).data;
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
