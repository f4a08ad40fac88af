import type { Series } from "@/components/chart/line-chart";
import { classColor } from "@/lib/palette";
import type { Acceptance, CurvePoint } from "../types";

const NAMES: Readonly<Record<string, string>> = {
  map50_95: "mAP50-95",
  map50: "mAP50",
  accuracy_top1: "Accuracy",
};

export const curveMetric = (metric: string): string => NAMES[metric] ?? metric.replaceAll("_", " ");

/** One line per metric over what was labelled; of several models with equally much the best one counts. */
export function curveSeries(
  points: readonly CurvePoint[],
  over: "labelled_images" | "labelled_objects",
): Series[] {
  const metrics = [...new Set(points.map((point) => point.metric))];
  return metrics.map((metric, index) => {
    const best = new Map<number, number>();
    for (const point of points) {
      if (point.metric !== metric) continue;
      best.set(point[over], Math.max(point.value, best.get(point[over]) ?? 0));
    }
    return {
      name: curveMetric(metric),
      color: classColor(index * 3 + 8),
      points: [...best].sort(([a], [b]) => a - b),
    };
  });
}

/** Share of decided predictions that were taken, untouched or corrected; null while nothing was decided. */
export function acceptedShare(row: Acceptance): number | null {
  const decided = row.accepted + row.edited + row.rejected;
  return decided === 0 ? null : (row.accepted + row.edited) / decided;
}
