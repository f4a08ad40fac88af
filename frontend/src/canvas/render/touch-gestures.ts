/** Two fingers move and zoom the view; one finger goes to the tool. A pen on the screen silences touches (palms). */
import type { Editor } from "../editor";
import type { Vec } from "../geometry/types";
import { distance, lerp, sub } from "../geometry/vec";

const PALM_MS = 500;

export class TouchGestures {
  private readonly fingers = new Map<number, Vec>();
  private pinching = false;
  private penSeen = Number.NEGATIVE_INFINITY;

  constructor(private readonly editor: Editor) {}

  /** Each returns whether the event was used up and must not reach the tool. */
  down(event: PointerEvent, point: Vec): boolean {
    if (event.pointerType === "pen") this.penSeen = event.timeStamp;
    if (event.pointerType !== "touch") return false;
    if (this.isPalm(event)) return true;
    this.fingers.set(event.pointerId, point);
    if (this.fingers.size < 2) return false;
    // What the first finger began was the start of a pinch.
    if (!this.pinching) this.editor.dispatch({ type: "pointer_cancel" });
    this.pinching = true;
    return true;
  }

  move(event: PointerEvent, point: Vec): boolean {
    if (event.pointerType === "pen") this.penSeen = event.timeStamp;
    if (event.pointerType !== "touch") return false;
    if (!this.fingers.has(event.pointerId)) return true;
    const before = this.span();
    this.fingers.set(event.pointerId, point);
    if (!this.pinching) return false;
    const after = this.span();
    if (before !== null && after !== null) {
      const factor = before.length > 0 ? after.length / before.length : 1;
      this.editor.dispatch({
        type: "pinch",
        point: after.centre,
        delta: sub(after.centre, before.centre),
        factor,
      });
    }
    return true;
  }

  up(event: PointerEvent): boolean {
    if (event.pointerType !== "touch") return false;
    const known = this.fingers.delete(event.pointerId);
    const used = this.pinching || !known;
    if (this.fingers.size === 0) this.pinching = false;
    return used;
  }

  private isPalm(event: PointerEvent): boolean {
    return event.timeStamp - this.penSeen < PALM_MS;
  }

  private span(): { readonly centre: Vec; readonly length: number } | null {
    const [a, b] = [...this.fingers.values()];
    return a && b ? { centre: lerp(a, b, 0.5), length: distance(a, b) } : null;
  }
}
