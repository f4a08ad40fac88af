/** The records of the image that is open. Changes go through `apply` and come out as diffs. */
import { isEmptyDiff, type Origin, type RecordChange, type SceneDiff } from "./diff";
import type { ShapeRecord } from "./records";
import { Signal } from "./signal";

export interface SceneChange {
  readonly diff: SceneDiff;
  readonly origin: Origin;
}

export class SceneStore {
  private readonly records = new Map<string, ShapeRecord>();
  readonly changes = new Signal<SceneChange>();
  /** Counts changes: equal versions mean equal contents. */
  version = 0;

  get(id: string): ShapeRecord | undefined {
    return this.records.get(id);
  }

  all(): IterableIterator<ShapeRecord> {
    return this.records.values();
  }

  get size(): number {
    return this.records.size;
  }

  /** Throws everything away without a diff: another image is opened. */
  reset(records: Iterable<ShapeRecord>): void {
    this.records.clear();
    for (const record of records) this.records.set(record.id, record);
    this.version += 1;
  }

  /**
   * Applies what still makes sense and returns what really happened: an update of a shape that is gone is dropped,
   * an added shape that exists counts as an update. The server's fields of existing records survive.
   */
  apply(diff: SceneDiff, origin: Origin): SceneDiff {
    const added = new Map<string, ShapeRecord>();
    const updated = new Map<string, RecordChange>();
    const removed = new Map<string, ShapeRecord>();
    for (const [id, record] of diff.removed) {
      const from = this.records.get(id) ?? record;
      if (this.records.delete(id)) removed.set(id, from);
    }
    const put = (record: ShapeRecord, mayAdd: boolean): void => {
      const from = this.records.get(record.id);
      if (from === undefined) {
        if (!mayAdd) return;
        this.records.set(record.id, record);
        added.set(record.id, record);
        return;
      }
      const to = origin === "local" ? keepServerFields(record, from) : record;
      this.records.set(record.id, to);
      updated.set(record.id, { from, to });
    };
    for (const record of diff.added.values()) put(record, true);
    for (const change of diff.updated.values()) put(change.to, false);
    const done = { added, updated, removed };
    if (!isEmptyDiff(done)) {
      this.version += 1;
      this.changes.emit({ diff: done, origin });
    }
    return done;
  }
}

const keepServerFields = (record: ShapeRecord, current: ShapeRecord): ShapeRecord => ({
  ...record,
  revision: current.revision,
  createdBy: current.createdBy,
  updatedAt: current.updatedAt,
});
