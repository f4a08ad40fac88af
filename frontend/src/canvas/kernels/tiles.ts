/**
 * Maths of tiles: a large picture cut into squares, at full resolution (level 0) and halved again and again. One pixel
 * of level L covers 2^L × 2^L image pixels; the last ones may stick out of the image. Nothing here reads editor state.
 */
import type { Box, Size } from "../geometry/types";

export interface TileGrid {
  /** Pixels of a tile's side; those of the last column and row have fewer. */
  readonly size: number;
  readonly levels: number;
}

export interface TileId {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** Image to canvas, in device pixels, and how large the canvas is. */
export interface TileView {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a tile (pixels of the tile, may be fractions) and where it goes (whole device pixels). */
export interface TilePlace {
  readonly from: Box;
  readonly to: Box;
}

export const tileKey = ({ level, column, row }: TileId): string => `${level}/${column}_${row}`;

/**
 * The coarsest level that still has a pixel for every device pixel; null when the preview has them already.
 * `scale` is device pixels per image pixel, `preview` preview pixels per image pixel.
 */
export function levelFor(scale: number, preview: number, levels: number): number | null {
  // A hair of tolerance: a scale of 0.5 that went through divisions must not ask for the level above.
  const wanted = scale * (1 - 1e-6);
  if (levels <= 0 || wanted <= preview) return null;
  return Math.min(Math.max(Math.floor(-Math.log2(wanted)), 0), levels - 1);
}

/** The part of the image that a tile shows, in image pixels. */
export function tileBox({ level, column, row }: TileId, image: Size, size: number): Box {
  const side = size * 2 ** level;
  const [x, y] = [column * side, row * side];
  return { x, y, w: Math.min(side, image.width - x), h: Math.min(side, image.height - y) };
}

/** The tiles of a level in view, those nearest to its centre first. */
export function tilesInView(view: TileView, image: Size, size: number, level: number): TileId[] {
  const side = size * 2 ** level;
  const columns = cellsInView(view.dx, view.scale, view.width, image.width, side);
  const rows = cellsInView(view.dy, view.scale, view.height, image.height, side);
  const tiles = rows.flatMap((row) => columns.map((column) => ({ level, column, row })));
  const x = (view.width / 2 - view.dx) / view.scale / side - 0.5;
  const y = (view.height / 2 - view.dy) / view.scale / side - 0.5;
  const distance = ({ column, row }: TileId) => (column - x) ** 2 + (row - y) ** 2;
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** Along one axis: the cells of `side` image pixels that the view shows. */
function cellsInView(
  offset: number,
  scale: number,
  extent: number,
  length: number,
  side: number,
): number[] {
  const start = Math.max(-offset / scale, 0);
  const end = Math.min((extent - offset) / scale, length);
  if (!(end > start)) return [];
  const first = Math.floor(start / side);
  return Array.from({ length: Math.ceil(end / side) - first }, (_, index) => first + index);
}

/** What to draw of a tile and where; null when it is out of view. */
export function placeTile(
  tile: TileId,
  image: Size,
  size: number,
  view: TileView,
): TilePlace | null {
  const box = tileBox(tile, image, size);
  const pixel = 2 ** tile.level;
  const across = placeAlong(box.x, box.w, pixel, view.dx, view.scale, view.width);
  const down = placeAlong(box.y, box.h, pixel, view.dy, view.scale, view.height);
  if (across === null || down === null) return null;
  return {
    from: { x: across.from, y: down.from, w: across.pixels, h: down.pixels },
    to: { x: across.to, y: down.to, w: across.extent, h: down.extent },
  };
}

interface Span {
  readonly from: number;
  readonly pixels: number;
  readonly to: number;
  readonly extent: number;
}

/**
 * One axis: both edges are rounded, so that neighbours share theirs and leave no seam, then cut to the canvas with one
 * tile pixel to spare: enlarged, a whole tile would be a huge target, which is slow.
 */
function placeAlong(
  start: number,
  length: number,
  pixel: number,
  offset: number,
  scale: number,
  extent: number,
): Span | null {
  const left = Math.round(start * scale + offset);
  const right = Math.round((start + length) * scale + offset);
  const spare = Math.ceil(pixel * scale);
  const from = Math.max(left, -spare);
  const to = Math.min(right, extent + spare);
  if (to <= from || to <= 0 || from >= extent) return null;
  const perDevice = length / pixel / (right - left);
  return {
    from: (from - left) * perDevice,
    pixels: (to - from) * perDevice,
    to: from,
    extent: to - from,
  };
}
