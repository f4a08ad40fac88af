/** Undo and redo of one image: a recorder of local diffs, cut into steps by marks. */
import { EMPTY_DIFF, isEmptyDiff, reverseDiff, type SceneDiff, squashDiffs } from "./diff";

export const HISTORY_LIMIT = 200;

interface Step {
  readonly mark: string;
  diff: SceneDiff;
}

export class History {
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];
  private open: Step | null = null;

  get canUndo(): boolean {
    return this.done.some((step) => !isEmptyDiff(step.diff));
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** What undo would take back, for menus and messages. */
  get undoName(): string | null {
    return this.done.at(-1)?.mark ?? null;
  }

  /**
   * Starts a new step; what is recorded from now on is undone together. With `merge`, a step of the same name that
   * is still the latest is continued instead (repeated nudges are one step).
   */
  mark(name: string, merge = false): void {
    const last = this.done.at(-1);
    this.open =
      merge && last !== undefined && last.mark === name && this.open === last ? last : null;
    if (this.open === null) this.open = { mark: name, diff: EMPTY_DIFF };
  }

  /** Ends merging: the next mark starts a step of its own. */
  seal(): void {
    this.open = null;
  }

  record(diff: SceneDiff): void {
    if (isEmptyDiff(diff)) return;
    const step = this.open ?? { mark: "edit", diff: EMPTY_DIFF };
    this.open = step;
    step.diff = squashDiffs(step.diff, diff);
    if (this.done.at(-1) !== step) this.done.push(step);
    if (this.done.length > HISTORY_LIMIT) this.done.shift();
    this.undone.length = 0;
  }

  /** Takes the latest step back: the diff to apply, or null when there is none. The caller must not record it. */
  undo(): SceneDiff | null {
    this.open = null;
    const step = this.pop(this.done);
    if (step === null) return null;
    this.undone.push(step);
    return reverseDiff(step.diff);
  }

  redo(): SceneDiff | null {
    this.open = null;
    const step = this.pop(this.undone);
    if (step === null) return null;
    this.done.push(step);
    return step.diff;
  }

  private pop(steps: Step[]): Step | null {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      if (!isEmptyDiff(step.diff)) return step;
    }
    return null;
  }
}
