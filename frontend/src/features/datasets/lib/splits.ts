import { SPLITS, type SplitName, type SplitRule } from "../version-types";

/** What people see of a rule: whole percents; training gets the rest. */
export interface SplitForm {
  readonly val: number;
  readonly test: number;
  readonly seed: number;
  readonly stratify: boolean;
  readonly near_duplicates: boolean;
  readonly keep_fixed: boolean;
  readonly together: string;
  readonly assign_by: string;
  readonly assign: Readonly<Record<string, SplitName>>;
}

export const DEFAULT_SPLIT: SplitForm = {
  val: 20,
  test: 0,
  seed: 0,
  stratify: true,
  near_duplicates: true,
  keep_fixed: true,
  together: "",
  assign_by: "",
  assign: {},
};

export const SPLIT_NAMES: Readonly<Record<SplitName, string>> = {
  train: "Training",
  val: "Validation",
  test: "Test",
};

/** Why a rule cannot be used, or null. */
export function splitProblem(form: SplitForm): string | null {
  return form.val + form.test >= 100 ? "Nothing is left for training." : null;
}

export function ruleOf(form: SplitForm): SplitRule {
  const { val, test, assign_by, assign, ...rest } = form;
  return {
    ...rest,
    assign_by,
    assign: assign_by === "" ? {} : assign,
    fractions: { train: (100 - val - test) / 100, val: val / 100, test: test / 100 },
  };
}

/** "metadata:camera.name" -> "camera.name"; "folder" -> "Folder". */
export function fieldName(field: string): string {
  if (field.startsWith("metadata:")) return field.slice("metadata:".length);
  return field.charAt(0).toUpperCase() + field.slice(1);
}

export interface Share {
  readonly split: SplitName;
  readonly count: number;
  /** 0 to 1 of the whole. */
  readonly part: number;
}

/** Parts of a whole in the order train, val, test; empty splits are left out. */
export function sharesOf(counts: Readonly<Partial<Record<SplitName, number>>>): Share[] {
  const total = SPLITS.reduce((sum, split) => sum + (counts[split] ?? 0), 0);
  return SPLITS.flatMap((split) => {
    const count = counts[split] ?? 0;
    return count > 0 ? [{ split, count, part: count / total }] : [];
  });
}
