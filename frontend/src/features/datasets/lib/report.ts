import { formatCount } from "@/lib/format";
import type { Report } from "../types";

const SPLITS = ["train", "val", "test"] as const;

/** "40 train, 10 val"; nothing for an empty split. */
export function splitText(splits: Readonly<Record<string, number>>): string {
  const parts = SPLITS.flatMap((name) => {
    const count = splits[name] ?? 0;
    return count > 0 ? [`${formatCount(count)} ${name}`] : [];
  });
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** Numbers of a report as [what, how many], nested ones left out. */
export function countsOf(report: Report): [string, number][] {
  return Object.entries(report.counts ?? {}).flatMap(([name, value]): [string, number][] =>
    typeof value === "number" ? [[name.replaceAll("_", " "), value]] : [],
  );
}

/** Sentences about what a format cannot say. */
export function lossesOf(report: Report): string[] {
  return (report.lossy ?? []).map((one) => (typeof one === "string" ? one : one.text));
}
