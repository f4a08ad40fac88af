import type { ExportRequest } from "../api";
import { DEFAULT_SPLIT, ruleOf, type SplitForm } from "./splits";

export const SCOPES = ["labelled", "reviewed", "view", "version", "all"] as const;
export type Scope = (typeof SCOPES)[number];

/** A view of the images: the filters of their list that make sense for an export. */
export interface View {
  readonly state?: string;
  readonly split?: string;
  readonly label?: number;
  readonly unlabelled?: true;
  readonly min_score?: number;
  readonly max_score?: number;
  readonly uploader?: number;
  readonly search?: string;
  readonly duplicates?: true;
}

/** What an export writes and how; everything but the format and its options. */
export interface ExportForm {
  readonly scope: Scope;
  readonly version: string | null;
  readonly view: View;
  readonly withImages: boolean;
  /** Null: images keep the split they have. */
  readonly split: SplitForm | null;
}

const TEXTS = ["state", "split", "search"] as const;
const NUMBERS = ["label", "min_score", "max_score", "uploader"] as const;
const SWITCHES = ["unlabelled", "duplicates"] as const;

/** What the address of the page says: a version, or a view that somebody came from. */
export interface ExportSearch extends View {
  readonly version?: string;
}

/** Reads an address that anybody may have typed; what makes no sense is left out. */
export function parseExportSearch(raw: Record<string, unknown>): ExportSearch {
  const found: Record<string, string | number | true> = {};
  for (const name of [...TEXTS, "version"] as const) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") found[name] = value;
    else if (typeof value === "number") found[name] = String(value);
  }
  for (const name of NUMBERS) {
    const value = raw[name];
    const number = value === null || value === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number)) found[name] = number;
  }
  for (const name of SWITCHES) {
    if (raw[name] === true || raw[name] === "true") found[name] = true;
  }
  return found as ExportSearch;
}

/** The form as the address begins it. */
export function formOf(search: ExportSearch): ExportForm {
  const { version, ...view } = search;
  const scope =
    version !== undefined ? "version" : Object.keys(view).length > 0 ? "view" : "labelled";
  return { scope, version: version ?? null, view, withImages: true, split: null };
}

function scopeOf(form: ExportForm): Record<string, unknown> {
  switch (form.scope) {
    case "all":
      return { all: true };
    case "reviewed":
      return { states: ["reviewed"] };
    case "view":
      return { filter: form.view };
    case "version":
      return { version: form.version };
    default:
      return { states: ["labelled", "reviewed"] };
  }
}

/** What the server is asked to write, or with `dryRun` only to look at. */
export function requestOf(
  format: string,
  options: Readonly<Record<string, unknown>>,
  form: ExportForm,
  dryRun: boolean,
): ExportRequest {
  const split = form.scope === "version" || form.split === null ? null : ruleOf(form.split);
  return {
    format,
    options,
    scope: scopeOf(form),
    with_images: form.withImages,
    dry_run: dryRun,
    ...(split === null ? {} : { split }),
  };
}

/** Why the form cannot be sent yet, or null. */
export function exportProblem(form: ExportForm): string | null {
  if (form.scope === "version" && form.version === null) return "Choose a version.";
  const split = form.split;
  return split !== null && split.val + split.test >= 100 ? "Nothing is left for training." : null;
}

/** Who divides anew for a file means all of it. */
export const SEEDED: SplitForm = { ...DEFAULT_SPLIT, keep_fixed: false };
