import { describe, expect, it, vi } from "vitest";
import { type Command, HotkeyRegistry, keyName } from "./hotkeys";

const press = (key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, "target", { value: target });
  return event;
};

const command = (keys: string[], change: Partial<Command> = {}): Command => ({
  id: keys.join(),
  title: "",
  group: "",
  keys,
  run: vi.fn(),
  ...change,
});

function registry(...commands: Command[]) {
  const made = new HotkeyRegistry((target) => target === document.body);
  made.set("page", commands);
  return made;
}

describe("keyName", () => {
  it.each([
    [{ key: "b" }, "B"],
    [{ key: "A", shiftKey: true }, "Shift+A"],
    [{ key: "z", metaKey: true, shiftKey: true }, "Mod+Shift+Z"],
    [{ key: "?", shiftKey: true }, "?"],
    [{ key: "Tab", shiftKey: true }, "Shift+Tab"],
    [{ key: "и", code: "KeyB" }, "B"],
  ])("%j is %s", (init, name) => {
    expect(keyName(new KeyboardEvent("keydown", init))).toBe(name);
  });
});

describe("HotkeyRegistry", () => {
  it("runs the command and keeps the key from the browser", () => {
    const box = command(["B"]);
    const event = press("b");
    expect(registry(box).keyDown(event)).toBe(true);
    expect(box.run).toHaveBeenCalledTimes(1);
    expect(event.defaultPrevented).toBe(true);
  });

  it("does nothing while somebody types", () => {
    const box = command(["B"]);
    const field = document.createElement("input");
    expect(registry(box).keyDown(press("b", {}, field))).toBe(false);
    field.type = "range";
    expect(registry(box).keyDown(press("b", {}, field))).toBe(true);
  });

  it("leaves dialogs alone, and what the canvas has used", () => {
    const box = command(["B"]);
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    const used = press("b");
    used.preventDefault();
    expect([registry(box).keyDown(press("b", {}, dialog)), registry(box).keyDown(used)]).toEqual([
      false,
      false,
    ]);
  });

  it("leaves Enter to a focused button, but not letters", () => {
    const submit = command(["Enter"]);
    const box = command(["B"]);
    const button = document.createElement("button");
    expect(registry(submit).keyDown(press("Enter", {}, button))).toBe(false);
    expect(registry(box).keyDown(press("b", {}, button))).toBe(true);
  });

  it("asks the newest scope first and goes on when its command is not for now", () => {
    const made = registry(command(["A"]));
    const off = command(["A"], { enabled: () => false });
    const top = command(["A"]);
    const remove = made.set("dialog", [off, top]);
    made.keyDown(press("a"));
    expect([off.run, top.run].map((run) => vi.mocked(run).mock.calls.length)).toEqual([0, 1]);
    remove();
    made.keyDown(press("a"));
    expect(top.run).toHaveBeenCalledTimes(1);
  });

  it("lets go of a held key", () => {
    const release = vi.fn();
    const peek = command(["H"], { release });
    const made = registry(peek);
    made.keyDown(press("h"));
    made.keyDown(press("h", { repeat: true }));
    made.keyUp(new KeyboardEvent("keyup", { key: "h" }));
    expect([vi.mocked(peek.run).mock.calls.length, release.mock.calls.length]).toEqual([1, 1]);
  });

  it("keeps Tab for the page unless the canvas has the focus", () => {
    const cycle = command(["Tab"], { canvasOnly: true });
    const made = registry(cycle);
    expect(made.keyDown(press("Tab", {}, document.createElement("div")))).toBe(false);
    expect(made.keyDown(press("Tab"))).toBe(true);
  });
});
