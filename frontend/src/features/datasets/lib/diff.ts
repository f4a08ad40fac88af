import { plural } from "@/lib/format";
import {
  CHANGES,
  type Change,
  type DiffEntry,
  type DiffSummary,
  type Frame,
  type ShapeChange,
} from "../version-types";

/** What the address of a comparison says. */
export interface DiffSearch {
  readonly base?: string;
  readonly change?: Change;
  readonly label?: string;
}

/** Reads an address that anybody may have typed. */
export function parseDiffSearch(raw: Record<string, unknown>): DiffSearch {
  const change = CHANGES.find((one) => one === raw["change"]);
  const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? String(value) : "";
  return {
    ...(text(raw["base"]) === "" ? {} : { base: text(raw["base"]) }),
    ...(change === undefined ? {} : { change }),
    ...(text(raw["label"]) === "" ? {} : { label: text(raw["label"]) }),
  };
}

export const CHANGE_NAMES: Readonly<Record<Change, string>> = {
  changed: "Annotations changed",
  added: "Images added",
  removed: "Images removed",
  moved: "Moved between splits",
  renamed: "Renamed",
};

/** Nothing at all is different. */
export const isSame = (summary: DiffSummary): boolean =>
  CHANGES.every((change) => summary.images[change] === 0);

export type Side = "before" | "both" | "after";

export interface DrawnFrame {
  readonly key: string;
  readonly frame: Frame;
  readonly change: ShapeChange;
  /** Where it was, not where it is. */
  readonly past: boolean;
}

/** The frames of an image to draw for one side of the comparison. */
export function framesOf(entry: DiffEntry, side: Side): DrawnFrame[] {
  return entry.shapes.flatMap((shape, index) => {
    const [before, after] = shape.box;
    const one = (frame: Frame | null, past: boolean): DrawnFrame[] =>
      frame === null
        ? []
        : [{ key: `${shape.id ?? index}${past ? "<" : ">"}`, frame, change: shape.change, past }];
    return [
      ...(side === "after" ? [] : one(before, true)),
      ...(side === "before" ? [] : one(after, false)),
    ];
  });
}

/** "+2 −1 ~3": objects of an image by what happened to them. */
export function countsOfEntry(entry: DiffEntry): Record<ShapeChange, number> {
  const sum = { added: 0, removed: 0, changed: 0 };
  for (const counts of Object.values(entry.labels)) {
    sum.added += counts.added ?? 0;
    sum.removed += counts.removed ?? 0;
    sum.changed += counts.changed ?? 0;
  }
  return sum;
}

/** What happened to the image itself, in words; "" when only its objects changed. */
export function sayImage(entry: DiffEntry): string {
  const parts = [
    entry.changes.includes("added") && "image added",
    entry.changes.includes("removed") && "image removed",
    entry.changes.includes("renamed") && "renamed",
    entry.changes.includes("moved") &&
      `moved from ${entry.split[0] || "none"} to ${entry.split[1] || "none"}`,
  ];
  return parts.filter((one): one is string => typeof one === "string").join(", ");
}

/** Everything that happened to an image, for people who do not see its picture. */
export function sayEntry(entry: DiffEntry): string {
  const counts = countsOfEntry(entry);
  const parts = [
    sayImage(entry),
    counts.added > 0 && `${plural(counts.added, "object")} added`,
    counts.removed > 0 && `${plural(counts.removed, "object")} removed`,
    counts.changed > 0 && `${plural(counts.changed, "object")} changed`,
  ];
  return parts.filter((one): one is string => typeof one === "string" && one !== "").join(", ");
}
