// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EMPTY_DIFF } from "./diff";
import { newRecord, type ShapeRecord } from "./records";
import { type SceneChange, SceneStore } from "./store";

const record = (id: string, fields: Partial<ShapeRecord> = {}): ShapeRecord => ({
  ...newRecord({ id, label: 1, geometry: { type: "tag" }, zOrder: 0 }),
  ...fields,
});

function storeWith(...records: ShapeRecord[]): { store: SceneStore; seen: SceneChange[] } {
  const store = new SceneStore();
  const seen: SceneChange[] = [];
  store.reset(records);
  store.changes.subscribe((change) => seen.push(change));
  return { store, seen };
}

describe("store", () => {
  it("tells what changed and from where", () => {
    const { store, seen } = storeWith(record("a"));
    const to = record("a", { label: 2 });
    store.apply({ ...EMPTY_DIFF, updated: new Map([["a", { from: record("a"), to }]]) }, "local");
    expect(store.get("a")?.label).toBe(2);
    expect(seen.map(({ origin, diff }) => [origin, diff.updated.get("a")?.from.label])).toEqual([
      ["local", 1],
    ]);
  });

  it("drops updates and removals of shapes that are gone", () => {
    const { store, seen } = storeWith();
    const before = store.version;
    const gone = record("gone");
    const done = store.apply(
      {
        added: new Map(),
        updated: new Map([["gone", { from: gone, to: gone }]]),
        removed: new Map([["gone", gone]]),
      },
      "local",
    );
    expect([done.updated.size, done.removed.size, seen.length, store.version - before]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it("keeps what the server said under local changes, not under remote ones", () => {
    const { store } = storeWith(record("a", { revision: 7, updatedAt: "now" }));
    const from = record("a", { revision: 1 });
    const to = record("a", { label: 5, revision: 2 });
    store.apply({ ...EMPTY_DIFF, updated: new Map([["a", { from, to }]]) }, "local");
    expect(store.get("a")).toMatchObject({ label: 5, revision: 7, updatedAt: "now" });
    store.apply({ ...EMPTY_DIFF, added: new Map([["a", record("a", { revision: 9 })]]) }, "remote");
    expect(store.get("a")).toMatchObject({ label: 1, revision: 9, updatedAt: null });
  });
});
