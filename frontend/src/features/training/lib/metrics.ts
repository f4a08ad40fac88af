import type { Series } from "@/components/chart/line-chart";
import { classColor } from "@/lib/palette";
import type { RunEvent } from "../types";

interface Point {
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Metrics by epoch; when an attempt was repeated after a crash the later attempt's values count. */
export function pointsOf(events: readonly RunEvent[]): Point[] {
  const byEpoch = new Map<number, Record<string, number>>();
  for (const event of events) {
    const epoch = event.data["epoch"];
    const values = event.data["values"];
    if (typeof epoch !== "number" || typeof values !== "object" || values === null) continue;
    const numbers = Object.entries(values).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    byEpoch.set(epoch, { ...byEpoch.get(epoch), ...Object.fromEntries(numbers) });
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, values]) => ({ epoch, values }));
}

const isLoss = (name: string) => name.includes("loss");
const isRate = (name: string) => /(^|\/)lr/.test(name);

/** "metrics/mAP50-95(B)" -> "mAP50-95 boxes"; "train/box_loss" -> "train box loss". */
export function readableName(name: string): string {
  return name
    .replace(/^metrics\//, "")
    .replace("(B)", "")
    .replace("(M)", " masks")
    .replace(/^map50_95$/, "mAP50-95")
    .replace(/^map50$/, "mAP50")
    .replace(/[/_]/g, " ");
}

/** Lines for one chart: `losses`, or the `quality` metrics between 0 and 1. */
export function seriesOf(points: readonly Point[], what: "losses" | "quality"): Series[] {
  const names = [...new Set(points.flatMap((point) => Object.keys(point.values)))];
  const wanted = names.filter((name) =>
    what === "losses" ? isLoss(name) : !(isLoss(name) || isRate(name)),
  );
  return wanted.map((name, index) => ({
    name: readableName(name),
    color: classColor(index * 2 + 1),
    dashed: name.startsWith("val/"),
    points: points.flatMap((point) => {
      const value = point.values[name];
      return value === undefined ? [] : [[point.epoch + 1, value] as const];
    }),
  }));
}

/** The last values that a person watches first. */
export function headline(values: Readonly<Record<string, number>>): [string, number] | null {
  for (const wanted of ["map50_95", "mAP50-95", "accuracy_top1", "top1", "map50", "mAP50"]) {
    const found = Object.entries(values).find(([name]) => name.includes(wanted));
    if (found !== undefined) return [readableName(found[0]), found[1]];
  }
  return null;
}
