/** R-tree over the bounds of the records: what lies in a box, without looking at everything. */
import RBush from "rbush";
import type { Box } from "../geometry/types";
import { shapeUtil } from "../shapes/registry";
import type { SceneDiff } from "./diff";
import type { ShapeRecord } from "./records";

interface Entry {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly id: string;
}

export class SpatialIndex {
  private readonly tree = new RBush<Entry>();
  private readonly entries = new Map<string, Entry>();

  reset(records: Iterable<ShapeRecord>): void {
    this.tree.clear();
    this.entries.clear();
    for (const record of records) {
      const entry = entryOf(record);
      if (entry !== null) this.entries.set(entry.id, entry);
    }
    this.tree.load([...this.entries.values()]);
  }

  update(diff: SceneDiff): void {
    for (const id of diff.removed.keys()) this.remove(id);
    for (const { to } of diff.updated.values()) {
      this.remove(to.id);
      this.insert(to);
    }
    for (const record of diff.added.values()) this.insert(record);
  }

  /** Ids of records whose bounds touch the box, in no particular order. */
  search(box: Box): string[] {
    const found = this.tree.search({
      minX: box.x,
      minY: box.y,
      maxX: box.x + box.w,
      maxY: box.y + box.h,
    });
    return found.map((entry) => entry.id);
  }

  private insert(record: ShapeRecord): void {
    const entry = entryOf(record);
    if (entry === null) return;
    this.entries.set(record.id, entry);
    this.tree.insert(entry);
  }

  private remove(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.entries.delete(id);
    this.tree.remove(entry);
  }
}

function entryOf(record: ShapeRecord): Entry | null {
  const box = shapeUtil(record.geometry).bounds(record.geometry);
  return (
    box && { minX: box.x, minY: box.y, maxX: box.x + box.w, maxY: box.y + box.h, id: record.id }
  );
}
