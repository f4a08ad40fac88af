import type { Series } from "@/components/chart/line-chart";
import { classColor } from "@/lib/palette";
import type { Acceptance, CurvePoint } from "../types";

const NAMES: Readonly<Record<string, string>> = {
  map50_95: "mAP50-95",
  map50: "mAP50",
  accuracy_top1: "Accuracy",
};

export const curveMetric = (metric: string): string => NAMES[metric] ?? metric.replaceAll("_", " ");

/** One line per metric over labelled images; of two models with equally many images the newer one counts. */
export function curveSeries(
  points: readonly CurvePoint[],
  over: "labelled_images" | "labelled_objects",
): Series[] {
  const metrics = [...new Set(points.map((point) => point.metric))];
  return metrics.map((metric, index) => {
    const newest = new Map<number, number>();
    for (const point of [...points].sort((a, b) => a.number - b.number)) {
      if (point.metric === metric) newest.set(point[over], point.value);
    }
    return {
      name: curveMetric(metric),
      color: classColor(index * 3 + 8),
      points: [...newest].sort(([a], [b]) => a - b),
    };
  });
}

/** Share of decided predictions that were taken, untouched or corrected; null while nothing was decided. */
export function acceptedShare(row: Acceptance): number | null {
  const decided = row.accepted + row.edited + row.rejected;
  return decided === 0 ? null : (row.accepted + row.edited) / decided;
}
