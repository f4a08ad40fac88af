/** Measures of gestures in screen pixels. */
import type { Vec } from "../geometry/types";
import { distance } from "../geometry/vec";

/** A press becomes a drag when it moved this far. */
const DRAG_FROM = 4;
const DRAG_FROM_TOUCH = 10;
/** Shapes with a side shorter than this are taken for slips of the hand. */
export const MIN_SIDE = 4;

export const isDrag = (from: Vec, to: Vec, touch: boolean): boolean =>
  distance(from, to) >= (touch ? DRAG_FROM_TOUCH : DRAG_FROM);
