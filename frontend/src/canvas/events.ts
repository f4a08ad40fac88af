/** What the outside world tells the engine. Points are CSS pixels from the top-left corner of the viewport. */
import type { Vec } from "./geometry/types";

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  /** Control, or Command on a Mac. */
  readonly ctrl: boolean;
}

export interface PointerInput extends Modifiers {
  readonly type: "pointer_down" | "pointer_move" | "pointer_up" | "double_click";
  readonly point: Vec;
  /** 0 main, 1 middle, 2 secondary. */
  readonly button: number;
  readonly pointerType: "mouse" | "pen" | "touch";
  /** All positions since the last event, the current one last; for smooth strokes. */
  readonly samples: readonly Vec[];
}

export interface KeyInput extends Modifiers {
  readonly type: "key_down" | "key_up";
  /** As in KeyboardEvent.key. */
  readonly key: string;
}

export interface WheelInput extends Modifiers {
  readonly type: "wheel";
  readonly point: Vec;
  /** Pixels; lines and pages are converted before. */
  readonly delta: Vec;
}

/** Two fingers: zoom by `factor` around `point` while moving by `delta`. */
export interface PinchInput {
  readonly type: "pinch";
  readonly point: Vec;
  readonly delta: Vec;
  readonly factor: number;
}

/** The pointer left, the system took it away, or the window lost the focus: held keys count as released. */
export interface LeaveInput {
  readonly type: "pointer_leave" | "pointer_cancel" | "blur";
}

export type EditorEvent = PointerInput | KeyInput | WheelInput | PinchInput | LeaveInput;
