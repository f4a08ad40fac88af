import type { Job } from "@/api/types";
import { formatCount } from "@/lib/format";

/** What a synchronisation found, by the names that the server gives. */
export type SyncCounts = Readonly<Record<string, number>>;

export interface SyncFile {
  readonly name: string;
  readonly status: "ignored" | "refused" | "vanished";
  readonly detail: string;
}

const WORDS: readonly (readonly [string, string])[] = [
  ["new", "new"],
  ["changed", "changed"],
  ["returned", "returned"],
  ["vanished", "vanished"],
  ["copied", "copied"],
  ["ignored", "left out"],
  ["refused", "refused"],
  ["unchanged", "unchanged"],
];

/** "3 new, 1 vanished, 96 unchanged"; what is zero is left out. */
export function describeCounts(counts: SyncCounts): string {
  const parts = WORDS.flatMap(([key, word]) =>
    (counts[key] ?? 0) > 0 ? [`${formatCount(counts[key] ?? 0)} ${word}`] : [],
  );
  return parts.length > 0 ? parts.join(", ") : "nothing there";
}

/** The newest synchronisation of a source among the project's jobs (newest first). */
export function lastSync(jobs: readonly Job[], source: { readonly id: string }): Job | undefined {
  return jobs.find((job) => job.kind === "sync" && job.parameters["source"] === source.id);
}

/** How many files of a synchronisation did not simply come in. */
export function oddFiles(job: Job | undefined): number {
  const counts = (job?.result["counts"] ?? {}) as SyncCounts;
  return (counts["refused"] ?? 0) + (counts["ignored"] ?? 0) + (counts["vanished"] ?? 0);
}
