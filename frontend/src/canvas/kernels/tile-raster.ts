/** Masks to screen pixels by nearest sampling. Nothing in this file may read editor state. */
import { TILE, type TileMap, tileKey } from "../geometry/mask";
import type { Box } from "../geometry/types";

export interface RasterView {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** A window of device pixels, RGBA. */
export interface Raster {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** #rgb, #rrggbb or #rrggbbaa to four bytes; anything else is opaque magenta, so that it is noticed. */
export function parseColor(color: string): readonly [number, number, number, number] {
  const long = /^#[0-9a-f]{3}$/i.test(color) ? color.replace(/[0-9a-f]/gi, "$&$&") : color;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(long);
  if (match === null) return [255, 0, 255, 255];
  const byte = (i: number, missing: string): number => Number.parseInt(match[i] ?? missing, 16);
  return [byte(1, "ff"), byte(2, "ff"), byte(3, "ff"), byte(4, "ff")];
}

/**
 * The visible part of the mask in one colour, or null when nothing of it is in view. Sampled at the centres of
 * device pixels: pixels stay sharp when enlarged. Cost follows the window, not the mask. `window` (device pixels)
 * narrows the work to what changed.
 */
export function rasterTiles(
  mask: { readonly tiles: TileMap; readonly bbox: Box },
  view: RasterView,
  color: string,
  window?: Box,
): Raster | null {
  const { scale, dx, dy } = view;
  const { bbox } = mask;
  const clip = window ?? { x: 0, y: 0, w: view.width, h: view.height };
  const left = Math.max(Math.floor(bbox.x * scale + dx), Math.floor(clip.x), 0);
  const top = Math.max(Math.floor(bbox.y * scale + dy), Math.floor(clip.y), 0);
  const right = Math.min(
    Math.ceil((bbox.x + bbox.w) * scale + dx),
    Math.ceil(clip.x + clip.w),
    view.width,
  );
  const bottom = Math.min(
    Math.ceil((bbox.y + bbox.h) * scale + dy),
    Math.ceil(clip.y + clip.h),
    view.height,
  );
  const width = right - left;
  const height = bottom - top;
  if (width <= 0 || height <= 0) return null;
  const columns = sampleAxis(left, width, scale, dx);
  const rows = sampleAxis(top, height, scale, dy);
  const data = new Uint8ClampedArray(width * height * 4);
  paintSamples(mask.tiles, columns, rows, new Uint32Array(data.buffer), packColor(color));
  return { x: left, y: top, width, height, data };
}

function sampleAxis(start: number, count: number, scale: number, offset: number): Int32Array {
  const samples = new Int32Array(count);
  for (let i = 0; i < count; i += 1) samples[i] = Math.floor((start + i + 0.5 - offset) / scale);
  return samples;
}

/** One 32-bit word in the byte order of the machine. */
function packColor(color: string): number {
  return new Uint32Array(new Uint8Array(parseColor(color)).buffer)[0] ?? 0;
}

function paintSamples(
  tiles: TileMap,
  columns: Int32Array,
  rows: Int32Array,
  out: Uint32Array,
  word: number,
): void {
  const width = columns.length;
  for (let j = 0; j < rows.length; j += 1) {
    const y = rows[j] ?? -1;
    if (y < 0) continue;
    const inTileRow = (y % TILE) * TILE;
    let tileX = -1;
    let tile: Uint8Array | undefined;
    for (let i = 0; i < width; i += 1) {
      const x = columns[i] ?? -1;
      if (x < 0) continue;
      const tx = Math.floor(x / TILE);
      if (tx !== tileX) {
        tileX = tx;
        tile = tiles.get(tileKey(tx, Math.floor(y / TILE)));
      }
      if (tile !== undefined && tile[inTileRow + (x % TILE)] === 1) out[j * width + i] = word;
    }
  }
}
