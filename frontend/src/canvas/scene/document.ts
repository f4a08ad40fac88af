/** The open image as a document: records, their index, and one history per image. All local changes are commits. */
import { EMPTY_DIFF, filterDiff, isEmptyDiff, type SceneDiff } from "./diff";
import { History } from "./history";
import type { ShapeRecord } from "./records";
import { Signal } from "./signal";
import { SpatialIndex } from "./spatial-index";
import { SceneStore } from "./store";

/** Histories of this many images are kept, so that going back to an image one can still undo. */
const IMAGES_REMEMBERED = 20;

export interface Change {
  readonly add?: readonly ShapeRecord[];
  /** New versions of records that exist. */
  readonly update?: readonly ShapeRecord[];
  readonly remove?: readonly string[];
}

export class SceneDocument {
  readonly store = new SceneStore();
  readonly index = new SpatialIndex();
  /** Local changes of annotations (never of suggestions), undo and redo included: what has to be saved. */
  readonly localDiffs = new Signal<SceneDiff>();
  /** Local changes of suggestions: rejected, or taken back. */
  readonly predictionDiffs = new Signal<SceneDiff>();
  readOnly = false;
  /** Empty until an image is opened. */
  imageId = "";
  private readonly histories = new Map<string, History>();
  private current = new History();

  constructor() {
    this.store.changes.subscribe(({ diff }) => this.index.update(diff));
  }

  get history(): Pick<History, "canUndo" | "canRedo" | "undoName" | "seal"> {
    return this.current;
  }

  open(imageId: string, records: readonly ShapeRecord[]): void {
    this.imageId = imageId;
    this.current = this.histories.get(imageId) ?? new History();
    this.histories.delete(imageId);
    this.histories.set(imageId, this.current);
    const oldest = this.histories.keys().next().value;
    if (this.histories.size > IMAGES_REMEMBERED && oldest !== undefined)
      this.histories.delete(oldest);
    this.store.reset(records);
    this.index.reset(this.store.all());
  }

  /** Applies a local change as one step of the history. Returns whether anything changed. */
  commit(name: string, change: Change, merge = false): boolean {
    if (this.readOnly) return false;
    this.current.mark(name, merge);
    const done = this.store.apply(this.diffOf(change), "local");
    this.current.record(done);
    this.emit(done);
    return !isEmptyDiff(done);
  }

  undo(): SceneDiff | null {
    return this.replay(this.readOnly ? null : this.current.undo());
  }

  redo(): SceneDiff | null {
    return this.replay(this.readOnly ? null : this.current.redo());
  }

  /** Takes in what others (or the server) did; not undoable, not saved. */
  applyRemote(upserts: readonly ShapeRecord[], removed: readonly string[]): void {
    const existing = removed.flatMap((id) => this.store.get(id) ?? []);
    this.store.apply(
      {
        added: new Map(upserts.map((record) => [record.id, record])),
        updated: new Map(),
        removed: new Map(existing.map((record) => [record.id, record])),
      },
      "remote",
    );
  }

  private replay(diff: SceneDiff | null): SceneDiff | null {
    if (diff === null) return null;
    const done = this.store.apply(diff, "local");
    this.emit(done);
    return done;
  }

  private emit(done: SceneDiff): void {
    const annotations = filterDiff(done, (record) => !record.prediction);
    const predictions = filterDiff(done, (record) => record.prediction);
    if (!isEmptyDiff(annotations)) this.localDiffs.emit(annotations);
    if (!isEmptyDiff(predictions)) this.predictionDiffs.emit(predictions);
  }

  private diffOf({ add = [], update = [], remove = [] }: Change): SceneDiff {
    const records = remove.flatMap((id) => this.store.get(id) ?? []);
    if (add.length + update.length + records.length === 0) return EMPTY_DIFF;
    return {
      added: new Map(add.map((record) => [record.id, record])),
      updated: new Map(update.map((to) => [to.id, { from: this.store.get(to.id) ?? to, to }])),
      removed: new Map(records.map((record) => [record.id, record])),
    };
  }
}
