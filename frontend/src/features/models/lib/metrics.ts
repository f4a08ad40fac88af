import type { Model } from "../types";

const NAMES: Readonly<Record<string, string>> = {
  map50_95: "mAP50-95",
  map50: "mAP50",
  precision: "Precision",
  recall: "Recall",
  f1: "F1",
  mask_map50_95: "mAP50-95, masks",
  mask_map50: "mAP50, masks",
  accuracy_top1: "Accuracy, top 1",
  accuracy_top5: "Accuracy, top 5",
};

/** Sizes of the evaluation, not its quality. */
const COUNTS = new Set(["images", "instances"]);

/** What people call a metric. */
export const metricName = (key: string): string => NAMES[key] ?? key.replaceAll("_", " ");

/** The metric that a model is known by: [key, value]. */
export function mainMetric(
  metrics: Readonly<Record<string, number | null>>,
): [string, number] | null {
  for (const key of ["map50_95", "accuracy_top1", "mask_map50_95", "map50"]) {
    const value = metrics[key];
    if (typeof value === "number") return [key, value];
  }
  return null;
}

/** Known metrics first, in a fixed order, then the rest. */
export function orderedMetrics(metrics: Readonly<Record<string, number | null>>) {
  const known = Object.keys(NAMES).filter((key) => key in metrics);
  const rest = Object.keys(metrics).filter(
    (key) => !(key in NAMES || COUNTS.has(key) || key.includes("loss")),
  );
  return [...known, ...rest].flatMap((key): [string, number][] => {
    const value = metrics[key];
    return typeof value === "number" ? [[key, value]] : [];
  });
}

/** Difference to the model before, in points of the main metric; null where there is none to compare with. */
export function gainOver(model: Model, models: readonly Model[]): number | null {
  const mine = mainMetric(model.metrics);
  const before = models
    .filter((one) => one.number < model.number && one.task === model.task)
    .sort((a, b) => b.number - a.number)[0];
  const theirs = before === undefined || mine === null ? undefined : before.metrics[mine[0]];
  return mine === null || theirs === undefined ? null : mine[1] - theirs;
}
