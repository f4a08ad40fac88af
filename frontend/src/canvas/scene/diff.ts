/** Changes of the scene as values. */
import type { ShapeRecord } from "./records";

export interface RecordChange {
  readonly from: ShapeRecord;
  readonly to: ShapeRecord;
}

/** Each id appears in at most one of the three maps. */
export interface SceneDiff {
  readonly added: ReadonlyMap<string, ShapeRecord>;
  readonly updated: ReadonlyMap<string, RecordChange>;
  readonly removed: ReadonlyMap<string, ShapeRecord>;
}

export type Origin = "local" | "remote";

export const EMPTY_DIFF: SceneDiff = { added: new Map(), updated: new Map(), removed: new Map() };

export const isEmptyDiff = (diff: SceneDiff): boolean =>
  diff.added.size === 0 && diff.updated.size === 0 && diff.removed.size === 0;

export const reverseDiff = (diff: SceneDiff): SceneDiff => ({
  added: diff.removed,
  updated: new Map([...diff.updated].map(([id, { from, to }]) => [id, { from: to, to: from }])),
  removed: diff.added,
});

/** One diff with the effect of `first`, then `second`. */
export function squashDiffs(first: SceneDiff, second: SceneDiff): SceneDiff {
  const added = new Map(first.added);
  const updated = new Map(first.updated);
  const removed = new Map(first.removed);
  for (const [id, record] of second.added) {
    const before = removed.get(id);
    removed.delete(id);
    if (before === undefined) added.set(id, record);
    else updated.set(id, { from: before, to: record });
  }
  for (const [id, { from, to }] of second.updated) {
    if (added.has(id)) added.set(id, to);
    else updated.set(id, { from: updated.get(id)?.from ?? from, to });
  }
  for (const [id, record] of second.removed) {
    const original = updated.get(id)?.from ?? record;
    updated.delete(id);
    if (!added.delete(id)) removed.set(id, original);
  }
  return { added, updated, removed };
}

/** The part of the diff whose records pass the test. */
export function filterDiff(diff: SceneDiff, keep: (record: ShapeRecord) => boolean): SceneDiff {
  return {
    added: new Map([...diff.added].filter(([, record]) => keep(record))),
    updated: new Map([...diff.updated].filter(([, change]) => keep(change.to))),
    removed: new Map([...diff.removed].filter(([, record]) => keep(record))),
  };
}
