/** What label names of files become; pure, so that every rule of the mapping screen has a test. */
import { nextClassColor } from "@/lib/palette";
import type { PlannedLabel } from "../import-types";

export interface NewLabel {
  readonly name: string;
  readonly color: string;
}

export type Choice = number | "ignore" | NewLabel;
export type Choices = Readonly<Record<string, Choice>>;

export interface Known {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export const isNew = (choice: Choice): choice is NewLabel => typeof choice === "object";

/** What the server proposes for a name. */
export function proposalOf(label: PlannedLabel): Choice {
  if (label.action === "ignore") return "ignore";
  if (label.target !== null) return label.target;
  return { name: label.name || label.source.trim(), color: label.color };
}

/** Every name with its choice; new labels get colours that are free, the same name the same colour. */
export function settle(
  labels: readonly PlannedLabel[],
  changed: Choices,
  known: readonly Known[],
): Choices {
  const used = known.map((one) => one.color);
  const colors = new Map<string, string>();
  const ids = new Set(known.map((one) => one.id));
  const settled: Record<string, Choice> = {};
  for (const label of labels) {
    let choice = changed[label.source] ?? proposalOf(label);
    if (typeof choice === "number" && !ids.has(choice))
      choice = { name: label.source.trim(), color: "" };
    if (isNew(choice)) {
      const color = colors.get(choice.name) ?? (choice.color || nextClassColor(used));
      colors.set(choice.name, color);
      used.push(color);
      choice = { name: choice.name, color };
    }
    settled[label.source] = choice;
  }
  return settled;
}

/** The same choice for many names; "create" makes each under its own name. */
export function chooseFor(
  sources: readonly string[],
  choice: Choice | "create",
  changed: Choices,
): Choices {
  const patch = sources.map((source): [string, Choice] => [
    source,
    choice === "create" ? { name: source.trim(), color: "" } : choice,
  ]);
  return { ...changed, ...Object.fromEntries(patch) };
}

/** `changed` without some names: they are what was proposed again. */
export const forget = (sources: readonly string[], changed: Choices): Choices =>
  Object.fromEntries(Object.entries(changed).filter(([source]) => !sources.includes(source)));

export interface Sums {
  readonly used: number;
  readonly created: number;
  readonly ignored: number;
  readonly objectsIgnored: number;
}

/** How many names go where; names that make one label together count once. */
export function sumsOf(labels: readonly PlannedLabel[], settled: Choices): Sums {
  const made = new Set<string>();
  let used = 0;
  let ignored = 0;
  let objectsIgnored = 0;
  for (const label of labels) {
    const choice = settled[label.source];
    if (choice === "ignore") {
      ignored += 1;
      objectsIgnored += label.n;
    } else if (typeof choice === "number") used += 1;
    else if (choice !== undefined) made.add(choice.name);
  }
  return { used, created: made.size, ignored, objectsIgnored };
}

const WHY: Readonly<Record<string, string>> = {
  exact: "same name",
  case: "differs in case or spaces",
  unicode: "differs in how letters are written",
  id: "same id in the files",
  remembered: "as at the last import",
  new: "not in this project",
  chosen: "chosen",
};

/** Why a name was proposed the way it is. */
export function reasonOf(label: PlannedLabel): string {
  if (label.why === "new" && label.similar.length > 0) return "similar to another";
  return WHY[label.why] ?? label.why;
}
