import { renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { HotkeyRegistry } from "../lib/hotkeys";
import { makeWorkbench, wireBox, wirePrediction } from "../testing";
import { useCommands } from "./use-commands";
import type { Flow } from "./use-flow";

const PREDICTIONS = [
  wirePrediction("p", 0.9),
  wirePrediction("q", 0.6, 90),
  wirePrediction("r", 0.1, 130),
];

async function keyboard() {
  const made = await makeWorkbench({ annotations: [wireBox("a")], predictions: PREDICTIONS });
  const { workbench } = made;
  const flow: Flow = {
    submit: vi.fn(async () => undefined),
    skip: vi.fn(async () => undefined),
    next: vi.fn(async () => undefined),
    previous: vi.fn(async () => undefined),
    open: vi.fn(),
    offerUndo: vi.fn(() => true),
  };
  const dialogs = { openHelp: vi.fn(), openSkip: vi.fn(), openPalette: vi.fn() };
  const focus = { focused: false, toggleFocus: vi.fn(), leaveFocus: vi.fn() };
  const { result } = renderHook(() => useCommands(workbench, flow, dialogs, focus));
  const registry = new HotkeyRegistry(() => true);
  registry.set("labelling", result.current);
  const press = (key: string, init: KeyboardEventInit = {}) =>
    registry.keyDown(new KeyboardEvent("keydown", { key, ...init }));
  const { editor } = workbench;
  editor.setThreshold(0.5);
  const open = () => editor.getSnapshot().predictions.map(({ id }) => id);
  return { ...made, ...workbench, flow, dialogs, registry, press, open };
}

describe("the key map", () => {
  it("has no key with two meanings", async () => {
    expect((await keyboard()).registry.clashes()).toEqual([]);
  });

  it("accepts and rejects with one key each, least certain first, and undo takes both back", async () => {
    const { editor, press, open, announcer } = await keyboard();
    press("a");
    expect(announcer.get()).toBe("Accepted car 60 %, 1 left");
    press("x");
    expect(open()).toEqual([]);
    expect(editor.getSnapshot().shapes.map(({ source }) => source)).toEqual([
      "manual",
      "prediction",
    ]);
    press("z", { ctrlKey: true });
    press("z", { ctrlKey: true });
    expect(open()).toEqual(["q", "p"]);
  });

  it("accepts all shown and rejects all below as one step each", async () => {
    const { editor, press, open } = await keyboard();
    press("A", { shiftKey: true });
    press("X", { shiftKey: true });
    expect([
      open(),
      editor.getSnapshot().predictionsBelow,
      editor.getSnapshot().shapes.length,
    ]).toEqual([[], 0, 3]);
    press("z", { ctrlKey: true });
    press("z", { ctrlKey: true });
    expect([open().length, editor.getSnapshot().predictionsBelow]).toEqual([2, 1]);
  });

  it("relabels the selection with a digit; editing a suggestion accepts it", async () => {
    const { editor, press } = await keyboard();
    editor.select(["q"]);
    press("2");
    const made = editor.getSnapshot().shapes.find(({ predictionId }) => predictionId === "q");
    expect(made).toMatchObject({ label: 2, source: "prediction_edited", score: 0.6 });
  });

  it("moves the confidence in steps that stay round", async () => {
    const { editor, press } = await keyboard();
    for (let i = 0; i < 4; i += 1) press(",");
    expect(editor.getSnapshot().threshold).toBeCloseTo(0.3, 10);
    press(".");
    expect(editor.getSnapshot().threshold).toBeCloseTo(0.35, 10);
  });

  it("goes from image to image", async () => {
    const { flow, dialogs, press } = await keyboard();
    for (const key of ["Enter", "f", "d", "s", "?", "q"]) press(key);
    expect(flow.submit).toHaveBeenCalledTimes(1);
    expect(flow.next).toHaveBeenCalledTimes(1);
    expect(flow.previous).toHaveBeenCalledTimes(1);
    for (const open of Object.values(dialogs)) expect(open).toHaveBeenCalledTimes(1);
  });

  it("offers to take a submission back when there is nothing to undo", async () => {
    const { flow, press } = await keyboard();
    press("z", { ctrlKey: true });
    expect(flow.offerUndo).toHaveBeenCalledTimes(1);
  });

  it("means nothing while no image is open", async () => {
    const { api, session, editor, press } = await keyboard();
    vi.mocked(api.next).mockResolvedValueOnce(null);
    await session.openNext();
    expect([press("a"), press("1"), press("Delete")]).toEqual([false, false, false]);
    expect(editor.getSnapshot().readOnly).toBe(true);
  });
});
