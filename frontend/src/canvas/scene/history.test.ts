// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EMPTY_DIFF, reverseDiff, type SceneDiff } from "./diff";
import { HISTORY_LIMIT, History } from "./history";
import { newRecord } from "./records";

const added = (id: string): SceneDiff => ({
  ...EMPTY_DIFF,
  added: new Map([[id, newRecord({ id, label: 1, geometry: { type: "tag" }, zOrder: 0 })]]),
});

function historyOf(...steps: readonly (readonly [string, SceneDiff])[]): History {
  const history = new History();
  for (const [name, diff] of steps) {
    history.mark(name);
    history.record(diff);
  }
  return history;
}

describe("history", () => {
  it("takes steps back and brings them again", () => {
    const history = historyOf(["one", added("a")], ["two", added("b")]);
    expect(history.undoName).toBe("two");
    expect(history.undo()).toEqual(reverseDiff(added("b")));
    expect(history.undo()).toEqual(reverseDiff(added("a")));
    expect(history.undo()).toBeNull();
    expect(history.redo()).toEqual(added("a"));
    expect([history.canUndo, history.canRedo]).toEqual([true, true]);
  });

  it("records everything after a mark as one step", () => {
    const history = historyOf(["one", added("a")]);
    history.record(added("b"));
    expect(history.undo()?.removed.size).toBe(2);
    expect(history.canUndo).toBe(false);
  });

  it("forgets what was undone when something new is done", () => {
    const history = historyOf(["one", added("a")]);
    history.undo();
    history.mark("other");
    history.record(added("b"));
    expect(history.canRedo).toBe(false);
    expect(history.redo()).toBeNull();
  });

  it("continues the last step when asked, until it is sealed", () => {
    const history = new History();
    const nudge = (id: string): void => {
      history.mark("nudge", true);
      history.record(added(id));
    };
    nudge("a");
    nudge("b");
    history.seal();
    nudge("c");
    expect(history.undo()?.removed.size).toBe(1);
    expect(history.undo()?.removed.size).toBe(2);
  });

  it("leaves no empty steps behind", () => {
    const history = historyOf(["nothing", EMPTY_DIFF]);
    history.mark("both");
    history.record(added("a"));
    history.record(reverseDiff(added("a")));
    expect(history.canUndo).toBe(false);
    expect(history.undo()).toBeNull();
  });

  it("remembers a limited number of steps", () => {
    const history = historyOf(
      ...Array.from({ length: HISTORY_LIMIT + 5 }, (_, i) => [`${i}`, added(`${i}`)] as const),
    );
    let steps = 0;
    while (history.undo() !== null) steps += 1;
    expect(steps).toBe(HISTORY_LIMIT);
  });
});
