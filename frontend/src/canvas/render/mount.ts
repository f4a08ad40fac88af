/** Brings an editor to life in an element: canvases, input, size. React-free. */
import type { Editor } from "../editor";
import type { Modifiers, PointerInput } from "../events";
import type { Vec } from "../geometry/types";
import { Renderer } from "./renderer";
import { TouchGestures } from "./touch-gestures";

export interface Mounted {
  readonly renderer: Renderer;
  destroy(): void;
}

const modifiersOf = (event: MouseEvent | KeyboardEvent): Modifiers => ({
  shift: event.shiftKey,
  alt: event.altKey,
  ctrl: event.ctrlKey || event.metaKey,
});

/** Lines and pages of wheel events in pixels. */
const WHEEL_UNITS = [1, 16, 400];

/** Keys typed here belong to the field or button, except Escape and modifiers. */
const OWN_KEYS =
  "input, textarea, select, button, a[href], [contenteditable], [role=menuitem], [role=option]";

export function mount(host: HTMLElement, editor: Editor): Mounted {
  const stops: (() => void)[] = [];
  const renderer = new Renderer(host, editor);
  if (getComputedStyle(host).position === "static") host.style.position = "relative";
  host.style.overflow = "hidden";
  host.style.touchAction = "none";
  host.style.userSelect = "none";
  listenToPointer(host, editor, stops);
  listenToWheel(host, editor, stops);
  listenToKeys(host, editor, stops);
  followSize(host, renderer, stops);
  followCursor(host, editor, stops);
  return {
    renderer,
    destroy() {
      for (const stop of stops) stop();
      renderer.destroy();
    },
  };
}

function listen<K extends keyof HTMLElementEventMap>(
  target: HTMLElement,
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
  stops: (() => void)[],
): void {
  target.addEventListener(type, listener, { passive: false });
  stops.push(() => target.removeEventListener(type, listener));
}

function listenToPointer(host: HTMLElement, editor: Editor, stops: (() => void)[]): void {
  const touches = new TouchGestures(editor);
  const pointOf = (event: MouseEvent): Vec => {
    const rect = host.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  };
  const inputOf = (type: PointerInput["type"], event: MouseEvent): PointerInput => ({
    type,
    point: pointOf(event),
    button: event.button,
    pointerType: pointerTypeOf(event),
    samples: samplesOf(event).map(pointOf),
    ...modifiersOf(event),
  });
  listen(
    host,
    "pointerdown",
    (event) => {
      host.focus({ preventScroll: true });
      if (event.button === 1) event.preventDefault();
      // A test may dispatch an event without an active pointer; capture is a comfort, not a need.
      if (event.isTrusted) host.setPointerCapture(event.pointerId);
      if (!touches.down(event, pointOf(event))) editor.dispatch(inputOf("pointer_down", event));
    },
    stops,
  );
  listen(
    host,
    "pointermove",
    (event) => {
      if (!touches.move(event, pointOf(event))) editor.dispatch(inputOf("pointer_move", event));
    },
    stops,
  );
  listen(
    host,
    "pointerup",
    (event) => {
      if (!touches.up(event)) editor.dispatch(inputOf("pointer_up", event));
    },
    stops,
  );
  listen(
    host,
    "pointercancel",
    (event) => {
      touches.up(event);
      editor.dispatch({ type: "pointer_cancel" });
    },
    stops,
  );
  listen(host, "pointerleave", () => editor.dispatch({ type: "pointer_leave" }), stops);
  listen(host, "dblclick", (event) => editor.dispatch(inputOf("double_click", event)), stops);
  listen(host, "contextmenu", (event) => event.preventDefault(), stops);
}

function pointerTypeOf(event: MouseEvent): PointerInput["pointerType"] {
  if (!(event instanceof PointerEvent)) return "mouse";
  return event.pointerType === "touch" || event.pointerType === "pen" ? event.pointerType : "mouse";
}

/** Every position that the system merged into this event; brushes need them all. */
function samplesOf(event: MouseEvent): readonly MouseEvent[] {
  if (event.type !== "pointermove" || !(event instanceof PointerEvent)) return [event];
  const coalesced = event.getCoalescedEvents?.() ?? [];
  return coalesced.length > 0 ? coalesced : [event];
}

function listenToWheel(host: HTMLElement, editor: Editor, stops: (() => void)[]): void {
  listen(
    host,
    "wheel",
    (event) => {
      event.preventDefault();
      const unit = WHEEL_UNITS[event.deltaMode] ?? 1;
      const rect = host.getBoundingClientRect();
      editor.dispatch({
        type: "wheel",
        point: { x: event.clientX - rect.left, y: event.clientY - rect.top },
        // A pinch on a trackpad arrives as a wheel with Control and small steps.
        delta: { x: event.deltaX * unit, y: event.deltaY * unit * (event.ctrlKey ? 4 : 1) },
        ...modifiersOf(event),
      });
    },
    stops,
  );
}

/**
 * Keys are taken on the window, in the capture phase, so that Escape or Space work wherever the focus is.
 * What the engine uses is marked with preventDefault: other handlers look at event.defaultPrevented.
 */
function listenToKeys(host: HTMLElement, editor: Editor, stops: (() => void)[]): void {
  const view = host.ownerDocument.defaultView;
  if (view === null) return;
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || belongsElsewhere(event, host)) return;
    const type = event.type === "keydown" ? "key_down" : "key_up";
    if (editor.dispatch({ type, key: event.key, ...modifiersOf(event) })) event.preventDefault();
  };
  const onBlur = (): void => {
    editor.dispatch({ type: "blur" });
  };
  view.addEventListener("keydown", onKey, true);
  view.addEventListener("keyup", onKey, true);
  view.addEventListener("blur", onBlur);
  stops.push(() => {
    view.removeEventListener("keydown", onKey, true);
    view.removeEventListener("keyup", onKey, true);
    view.removeEventListener("blur", onBlur);
  });
}

function belongsElsewhere(event: KeyboardEvent, host: HTMLElement): boolean {
  const target = event.target;
  if (!(target instanceof Element) || host.contains(target)) return false;
  if (event.type === "keyup" || ["Control", "Meta", "Shift", "Alt"].includes(event.key))
    return false;
  // An open dialog has its own Escape; lists have their own arrows.
  if (target.closest("[role=dialog], [role=listbox], [role=menu]") !== null) return true;
  return target.closest(OWN_KEYS) !== null;
}

function followSize(host: HTMLElement, renderer: Renderer, stops: (() => void)[]): void {
  const view = host.ownerDocument.defaultView;
  const apply = (): void =>
    renderer.resize(host.clientWidth, host.clientHeight, view?.devicePixelRatio ?? 1);
  apply();
  const observer = new ResizeObserver(apply);
  observer.observe(host);
  stops.push(() => observer.disconnect());
}

function followCursor(host: HTMLElement, editor: Editor, stops: (() => void)[]): void {
  const apply = (cursor: string): void => {
    host.style.cursor = cursor;
  };
  apply(editor.getSnapshot().cursor);
  stops.push(editor.watch((snapshot) => snapshot.cursor, apply));
}
