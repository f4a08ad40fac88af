/**
 * Tools are state machines: a tool has one current state, events go to it, it answers by changing the live state,
 * committing, or handing over to another state. A state is an object that carries its own data.
 */

import type { Modifiers } from "../events";
import type { Vec } from "../geometry/types";
import type { CursorName } from "../shapes/shape-util";
import type { ToolContext } from "./tool-context";

export type ToolId =
  | "select"
  | "pan"
  | "box"
  | "rotated_box"
  | "ellipse"
  | "polygon"
  | "polyline"
  | "brush"
  | "eraser";

export interface ToolEvent extends Modifiers {
  /** CSS pixels of the viewport. */
  readonly screen: Vec;
  /** Image pixels. */
  readonly image: Vec;
  /** All positions since the last event in image pixels, the current one last. */
  readonly samples: readonly Vec[];
  readonly touch: boolean;
}

export abstract class ToolState {
  abstract readonly name: string;
  readonly cursor: CursorName = "default";

  pointerDown(_event: ToolEvent): void {}
  pointerMove(_event: ToolEvent): void {}
  pointerUp(_event: ToolEvent): void {}
  doubleClick(_event: ToolEvent): void {}

  /** Escape. Returns whether there was something to cancel. */
  cancel(): boolean {
    return false;
  }

  /** Enter. Returns whether there was something to finish. */
  confirm(): boolean {
    return false;
  }

  /** Backspace, or undo while drawing. Returns whether there was a step to take back. */
  stepBack(): boolean {
    return false;
  }
}

export abstract class Tool {
  abstract readonly id: ToolId;
  private state: ToolState | null = null;

  constructor(protected readonly ctx: ToolContext) {}

  /** A fresh resting state. */
  protected abstract idle(): ToolState;

  get current(): ToolState {
    this.state ??= this.idle();
    return this.state;
  }

  /** For example "select.idle". */
  get path(): string {
    return `${this.id}.${this.current.name}`;
  }

  get busy(): boolean {
    return this.current.name !== "idle";
  }

  go(state: ToolState): void {
    this.state = state;
  }

  /** Drops whatever is in progress. */
  rest(): void {
    this.state = this.idle();
    this.ctx.live.clearGesture();
  }
}
