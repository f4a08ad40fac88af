export interface Series {
  readonly name: string;
  readonly color: string;
  /** [x, y] in ascending x; a null y is a gap. */
  readonly points: readonly (readonly [number, number | null])[];
  readonly dashed?: boolean;
}

type Column = (number | null)[];

/** uPlot wants columns over one shared x; series with points of their own get gaps at the others' x. */
export function toColumns(series: readonly Series[]): [number[], ...Column[]] {
  const xs = [...new Set(series.flatMap((one) => one.points.map(([x]) => x)))].sort(
    (a, b) => a - b,
  );
  const columns = series.map((one) => {
    const at = new Map(one.points);
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...columns];
}

export interface EndLabel {
  readonly name: string;
  readonly color: string;
  readonly y: number;
}

/**
 * Where the name of each line goes at its right end, in pixels, pushed apart so that none covers another and none
 * lies below `bottom`.
 */
export function endLabels(
  series: readonly Series[],
  toPixel: (y: number) => number,
  lineHeight: number,
  bottom = Number.POSITIVE_INFINITY,
): EndLabel[] {
  const labels = series
    .flatMap((one) => {
      const last = one.points.findLast(([, y]) => y !== null)?.[1];
      return last === undefined || last === null
        ? []
        : [{ name: one.name, color: one.color, y: toPixel(last) }];
    })
    .sort((a, b) => a.y - b.y);
  let floor = Number.NEGATIVE_INFINITY;
  const pushed = labels.map((label) => {
    floor = Math.max(label.y, floor + lineHeight);
    return { ...label, y: floor };
  });
  let ceiling = bottom + lineHeight;
  return pushed
    .reverse()
    .map((label) => {
      ceiling = Math.min(label.y, ceiling - lineHeight);
      return { ...label, y: ceiling };
    })
    .reverse();
}
