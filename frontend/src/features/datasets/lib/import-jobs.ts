import type { Job } from "@/api/types";
import { plural } from "@/lib/format";
import type { ImportReport } from "../import-types";

/** What an import job was asked to do; `undo` names the import that it takes back. */
export interface ImportParameters {
  readonly dry_run?: boolean;
  readonly upload?: string | null;
  readonly path?: string | null;
  readonly source?: string | null;
  readonly undo?: string;
}

export const parametersOf = (job: Pick<Job, "parameters">): ImportParameters =>
  (job.parameters ?? {}) as ImportParameters;

export const isUndo = (job: Pick<Job, "parameters">) => parametersOf(job).undo !== undefined;

/** "Imported “pond.zip”", for lists. */
export function titleOf(job: Job): string {
  if (isUndo(job)) return "Took an import back";
  const { dry_run: look, path } = parametersOf(job);
  const name = (job.result as Partial<ImportReport>).name ?? path?.split("/").at(-1) ?? "";
  const what = name === "" ? "" : ` “${name}”`;
  return look === true ? `Looked at${what || " files"}` : `Imported${what}`;
}

/** What came out of it, in a few words. */
export function outcomeOf(job: Job): string {
  if (job.state === "failed" || job.state === "cancelled") return job.error || job.state;
  if (job.state !== "done") return job.message || job.state;
  const { counts, undone } = job.result as Partial<ImportReport>;
  const at = (name: string) => counts?.[name] ?? 0;
  if (isUndo(job)) return `${plural(at("images_removed"), "image")} removed`;
  if (undone === true) return "taken back";
  if (parametersOf(job).dry_run === true)
    return `${plural(at("images"), "image")}, ${plural(at("annotations"), "object")}`;
  const images = at("images_added") + at("images_renamed") + at("images_size_only");
  const objects = at("annotations_added") + at("suggestions_added");
  return `${plural(images, "image")} and ${plural(objects, "object")} added`;
}
