import type { Project } from "@/api/types";
import { classColor } from "@/lib/palette";

/** Class names as people paste them: one per line, or separated by commas or semicolons. */
export function parseClasses(text: string): string[] {
  const seen = new Set<string>();
  return text
    .split(/[\n,;]+/)
    .map((name) => name.trim())
    .filter((name) => {
      const key = name.toLowerCase();
      if (name === "" || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

const KEYS = "1234567890";

/** New labels with their colours, and number keys for the first ten. */
export const withKeys = (names: readonly string[]) =>
  names.map((name, index) => ({ name, color: classColor(index), hotkey: KEYS[index] ?? "" }));

export const TASKS = [
  {
    value: "detect",
    label: "Detection",
    text: "Boxes around objects",
  },
  {
    value: "segment",
    label: "Segmentation",
    text: "Polygons and masks, to the pixel",
  },
  {
    value: "classify",
    label: "Classification",
    text: "One class for the whole image",
  },
] as const;

interface Day {
  readonly date: string;
  readonly count: number;
}

const DAY_MS = 86_400_000;

/** How many days a chart shows: since the first one known, at least a week and at most `most`. */
export function windowOf(known: readonly Day[], most: number, today: Date): number {
  const first = known[0];
  if (first === undefined) return 7;
  const days = Math.floor((today.getTime() - Date.parse(first.date)) / DAY_MS) + 1;
  return Math.min(most, Math.max(7, days));
}

/** The last `length` days (UTC) up to `today`; days without anything count zero. */
export function lastDays(known: readonly Day[], length: number, today: Date): Day[] {
  const counts = new Map(known.map((one) => [one.date, one.count]));
  return Array.from({ length }, (_, index) => {
    const moment = new Date(today);
    moment.setUTCDate(today.getUTCDate() - (length - 1 - index));
    const date = moment.toISOString().slice(0, 10);
    return { date, count: counts.get(date) ?? 0 };
  });
}

/** The word for a project's task. */
export const taskLabel = (project: Pick<Project, "task">) =>
  TASKS.find((task) => task.value === project.task)?.label ?? project.task;
