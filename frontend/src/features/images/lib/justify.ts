/** Rows of a justified gallery: pictures keep their shape, rows fill the width. Pure. */

export interface Sized {
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  /** Index into the given list. */
  readonly index: number;
  readonly width: number;
}

export interface Row {
  readonly height: number;
  readonly tiles: readonly Placed[];
}

/** Panoramas and strips would make one-picture rows; they are shown cropped to these shapes. */
const NARROWEST = 0.6;
const WIDEST = 2.2;

const aspect = ({ width, height }: Sized) =>
  height > 0 ? Math.min(WIDEST, Math.max(NARROWEST, width / height)) : 1;

/**
 * Breaks `items` into rows `width` px wide with `gap` px between tiles and heights near `target` px.
 * The last row keeps the target height and stays open at its right end.
 */
export function justify(
  items: readonly Sized[],
  width: number,
  target: number,
  gap: number,
): Row[] {
  if (width <= 0) return [];
  const rows: Row[] = [];
  let start = 0;
  let shapes = 0;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === undefined) continue;
    shapes += aspect(item);
    const gaps = gap * (index - start);
    if (shapes * target + gaps < width) continue;
    rows.push(rowOf(items, start, index, (width - gaps) / shapes));
    start = index + 1;
    shapes = 0;
  }
  if (start < items.length) rows.push(rowOf(items, start, items.length - 1, target));
  return rows;
}

function rowOf(items: readonly Sized[], from: number, to: number, height: number): Row {
  const tiles: Placed[] = [];
  for (let index = from; index <= to; index += 1) {
    const item = items[index];
    if (item !== undefined) tiles.push({ index, width: aspect(item) * height });
  }
  return { height, tiles };
}
