/** Where somebody is in the import, and what they chose so far: going back loses nothing, a reload neither. */
import type { Choices } from "./label-choices";

export const STEPS = ["files", "found", "labels", "mode", "report"] as const;
export type Step = (typeof STEPS)[number];
export type Mode = "add" | "replace" | "skip" | "predictions";

export type Source =
  | { readonly kind: "upload"; readonly id: string; readonly name: string }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "source"; readonly id: string; readonly name: string };

export interface ImportState {
  readonly step: Step;
  readonly source: Source | null;
  /** The job that looked at the files. */
  readonly look: string | null;
  /** The format that was asked for; empty = found out. */
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly keepSplits: boolean;
  readonly sizeOnly: boolean;
  readonly choices: Choices;
  readonly mode: Mode;
  /** The job that imports. */
  readonly commit: string | null;
}

export const START: ImportState = {
  step: "files",
  source: null,
  look: null,
  format: "",
  options: {},
  keepSplits: true,
  sizeOnly: false,
  choices: {},
  mode: "add",
  commit: null,
};

/** Which steps can be gone to now: the look must be there before the classes, the import before its report. */
export function reachable(state: ImportState, looked: boolean): ReadonlySet<Step> {
  const open = new Set<Step>(["files"]);
  if (state.look !== null) open.add("found");
  if (state.look !== null && looked) {
    open.add("labels");
    open.add("mode");
  }
  if (state.commit !== null) open.add("report");
  return open;
}

/** What a new look begins with: choices stay, because names of classes mean the same in another format. */
export const lookedAgain = (state: ImportState, look: string): ImportState => ({
  ...state,
  look,
  commit: null,
  step: "found",
});

/** The body of the request that looks at the files. */
export function lookBody(state: ImportState): Record<string, unknown> {
  const { source } = state;
  return {
    ...(source?.kind === "upload" ? { upload: source.id } : {}),
    ...(source?.kind === "path" ? { path: source.path } : {}),
    ...(source?.kind === "source" ? { source: source.id } : {}),
    ...(state.format === "" ? {} : { format: state.format, options: state.options }),
    keep_splits: state.keepSplits,
    size_only: state.sizeOnly,
    dry_run: true,
  };
}

const key = (projectId: string) => `marquee-import-${projectId}`;

const isState = (value: unknown): value is ImportState =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(START).every((name) => name in value) &&
  STEPS.includes((value as ImportState).step);

/** The state that this tab remembers, or the beginning. */
export function recall(projectId: string): ImportState {
  try {
    const value: unknown = JSON.parse(window.sessionStorage.getItem(key(projectId)) ?? "null");
    return isState(value) ? value : START;
  } catch {
    return START;
  }
}

/** Keeps the state for a reload; a blocked storage only costs that. */
export function remember(projectId: string, state: ImportState): void {
  try {
    window.sessionStorage.setItem(key(projectId), JSON.stringify(state));
  } catch {
    // Only a reload forgets it then.
  }
}
