/** The keys of a page as data: what they do, when they count, and what the cheat sheet says about them. */

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Like "B", "Shift+A", "Mod+Z", "?", "Enter"; Mod is Control, or Command on a Mac. */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** Called when the key is let go, for keys that are held. */
  readonly release?: () => void;
  readonly enabled?: () => boolean;
  /** Only with the focus on the canvas (or nowhere): elsewhere the key has its usual meaning. */
  readonly canvasOnly?: boolean;
}

const PLAIN_LETTER = /^[a-z]$/i;

/** The key of an event in the words of `Command.keys`. */
export function keyName(event: KeyboardEvent): string {
  let { key } = event;
  const letter = PLAIN_LETTER.test(key);
  // Other alphabets: the position of the key says which Latin letter is meant.
  if (!letter && key.length === 1 && key.charCodeAt(0) > 126 && event.code.startsWith("Key"))
    key = event.code.slice(3);
  const isLetter = PLAIN_LETTER.test(key);
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  // For "?" and the like, Shift is part of the character.
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push("Shift");
  parts.push(isLetter ? key.toUpperCase() : key);
  return parts.join("+");
}

const NO_TEXT = new Set(["checkbox", "radio", "range", "button", "submit", "color"]);

/** Whether somebody is writing, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("[contenteditable]:not([contenteditable=false])"))
    return true;
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

const inDialog = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("[role=dialog], [role=menu], [role=listbox][data-combobox]") !== null;

/** Keys that a focused button, list or slider needs itself. */
const WIDGET_KEYS = new Set(["Enter", " ", "Tab", "Shift+Tab"]);
const WIDGETS = "button, a[href], input, [role=option], [role=slider], [role=tab], summary";

function widgetNeeds(target: EventTarget | null, key: string): boolean {
  return WIDGET_KEYS.has(key) && target instanceof Element && target.closest(WIDGETS) !== null;
}

/** Commands by scope; the scope that was pushed last is asked first. */
export class HotkeyRegistry {
  private readonly scopes: { readonly name: string; commands: readonly Command[] }[] = [];
  private held: Command | null = null;

  constructor(private readonly onCanvas: (target: EventTarget | null) => boolean) {}

  /** Adds or replaces the commands of a scope; returns the function that removes it. */
  set(name: string, commands: readonly Command[]): () => void {
    const scope = { name, commands };
    const at = this.scopes.findIndex((one) => one.name === name);
    if (at >= 0) this.scopes[at] = scope;
    else this.scopes.push(scope);
    return () => {
      const here = this.scopes.indexOf(scope);
      if (here >= 0) this.scopes.splice(here, 1);
    };
  }

  /** Keys that two commands of one scope want: a mistake of the key map. */
  clashes(): string[] {
    return this.scopes.flatMap(({ commands }) => {
      const keys = commands.flatMap((command) => command.keys);
      return keys.filter((key, at) => keys.indexOf(key) !== at);
    });
  }

  /** Runs what a key means. Returns whether it meant something. */
  keyDown(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    if (isTyping(event.target) || inDialog(event.target)) return false;
    const key = keyName(event);
    if (widgetNeeds(event.target, key)) return false;
    const command = this.find(key, event.target);
    if (command === undefined) return false;
    event.preventDefault();
    if (command.release !== undefined) {
      if (event.repeat) return true;
      this.held = command;
    }
    command.run();
    return true;
  }

  keyUp(event: KeyboardEvent): void {
    const { held } = this;
    if (held === null) return;
    const key = PLAIN_LETTER.test(event.key) ? event.key.toUpperCase() : event.key;
    if (!held.keys.some((one) => one === key || one.endsWith(`+${key}`))) return;
    this.letGo();
  }

  /** The window lost the focus: nobody will tell that the key came up. */
  letGo(): void {
    const { held } = this;
    this.held = null;
    held?.release?.();
  }

  private find(key: string, target: EventTarget | null): Command | undefined {
    for (const { commands } of this.scopes.toReversed()) {
      const command = commands.find(
        (one) =>
          one.keys.includes(key) &&
          (one.enabled?.() ?? true) &&
          (!one.canvasOnly || this.onCanvas(target)),
      );
      if (command !== undefined) return command;
    }
    return undefined;
  }
}
