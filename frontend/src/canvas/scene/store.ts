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
   * an added shape that exists counts as an update. A local update changes only the fields it was made of, so that
   * undo takes nothing back that others (or the server) changed meanwhile.
   */
  apply(diff: SceneDiff, origin: Origin): SceneDiff {
    const done = {
      added: new Map<string, ShapeRecord>(),
      updated: new Map<string, RecordChange>(),
      removed: new Map<string, ShapeRecord>(),
    };
    for (const [id, record] of diff.removed) {
      const from = this.records.get(id) ?? record;
      if (this.records.delete(id)) done.removed.set(id, from);
    }
    for (const [id, record] of diff.added) {
      const from = this.records.get(id);
      const to =
        from !== undefined && origin === "local" ? { ...record, ...serverFields(from) } : record;
      this.records.set(id, to);
      if (from === undefined) done.added.set(id, to);
      else done.updated.set(id, { from, to });
    }
    for (const [id, change] of diff.updated) {
      const from = this.records.get(id);
      if (from === undefined) continue;
      const to = origin === "local" ? merge(from, change) : change.to;
      this.records.set(id, to);
      done.updated.set(id, { from, to });
    }
    if (!isEmptyDiff(done)) {
      this.version += 1;
      this.changes.emit({ diff: done, origin });
    }
    return done;
  }
}

const serverFields = ({ revision, createdBy, updatedAt }: ShapeRecord): Partial<ShapeRecord> => ({
  revision,
  createdBy,
  updatedAt,
});

function merge(current: ShapeRecord, { from, to }: RecordChange): ShapeRecord {
  const keys = Object.keys(to) as (keyof ShapeRecord)[];
  const changed = keys.filter((key) => !Object.is(from[key], to[key])).map((key) => [key, to[key]]);
  return {
    ...current,
    ...(Object.fromEntries(changed) as Partial<ShapeRecord>),
    ...serverFields(current),
  };
}
