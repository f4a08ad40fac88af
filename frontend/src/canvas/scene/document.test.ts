// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { SceneDiff } from "./diff";
import { SceneDocument } from "./document";
import { newRecord, type ShapeRecord } from "./records";

const record = (id: string, fields: Partial<ShapeRecord> = {}): ShapeRecord => ({
  ...newRecord({ id, label: 1, geometry: { type: "box", x: 0, y: 0, w: 5, h: 5 }, zOrder: 0 }),
  ...fields,
});

function documentWith(...records: ShapeRecord[]): { document: SceneDocument; saved: SceneDiff[] } {
  const document = new SceneDocument();
  const saved: SceneDiff[] = [];
  document.open("one", records);
  document.localDiffs.subscribe((diff) => saved.push(diff));
  return { document, saved };
}

describe("document", () => {
  it("keeps a history for each image", () => {
    const { document } = documentWith();
    document.commit("draw", { add: [record("a")] });
    document.open("two", []);
    expect(document.history.canUndo).toBe(false);
    document.open("one", [record("a", { revision: 1 })]);
    expect(document.history.undoName).toBe("draw");
    document.undo();
    expect(document.store.size).toBe(0);
  });

  it("neither saves nor undoes what comes from elsewhere", () => {
    const { document, saved } = documentWith(record("a"));
    document.applyRemote([record("b", { revision: 1 })], ["a"]);
    expect([...document.store.all()].map((r) => r.id)).toEqual(["b"]);
    expect(saved).toEqual([]);
    expect(document.undo()).toBeNull();
    expect(document.index.search({ x: 0, y: 0, w: 1, h: 1 })).toEqual(["b"]);
  });

  it("survives undo of a shape that somebody else deleted", () => {
    const { document } = documentWith(record("a"));
    document.commit("relabel", { update: [record("a", { label: 2 })] });
    document.applyRemote([], ["a"]);
    document.undo();
    expect(document.store.size).toBe(0);
  });

  it("saves annotations but not suggestions", () => {
    const suggestion = record("p", { prediction: true });
    const { document, saved } = documentWith(suggestion);
    const decided: SceneDiff[] = [];
    document.predictionDiffs.subscribe((diff) => decided.push(diff));
    document.commit("reject", { update: [{ ...suggestion, rejected: true }] });
    expect([saved.length, decided.length]).toEqual([0, 1]);
  });

  it("changes nothing when read-only", () => {
    const { document } = documentWith();
    document.readOnly = true;
    expect(document.commit("draw", { add: [record("a")] })).toBe(false);
    expect(document.store.size).toBe(0);
  });
});
