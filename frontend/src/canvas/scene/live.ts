/** What is in the air: shown on the overlay only, neither stored nor saved nor undone. */
import type { TileMap } from "../geometry/mask";
import type { Box, Geometry, Vec } from "../geometry/types";

/** A shape that is being drawn. */
export interface Draft {
  readonly geometry: Geometry;
  readonly label: number;
  /** Points that were set so far, drawn as dots. */
  readonly vertices: readonly Vec[];
  /** The next click closes the ring: its first point is emphasised. */
  readonly closing: boolean;
}

/** A brush stroke in progress: the mask as it would be. */
export interface Stroke {
  /** The mask that is painted on, or null for a new one. */
  readonly target: string | null;
  readonly label: number;
  readonly tiles: TileMap;
  /** Covers everything painted, in image pixels. */
  readonly bbox: Box;
  /** What changed since the overlay last looked; the overlay sets it to null. */
  dirty: Box | null;
}

export class LiveState {
  /** Shapes lifted off the committed layer: how they look at the moment. */
  preview: ReadonlyMap<string, Geometry> = new Map();
  draft: Draft | null = null;
  stroke: Stroke | null = null;
  /** Rubber band of the selection, in image pixels. */
  marquee: Box | null = null;
  /** Pointer in image pixels; null when it is elsewhere. */
  pointer: Vec | null = null;
  hovered: string | null = null;
  /** Id of the handle under the pointer. */
  hoveredHandle: string | null = null;
  /** Where snapping took the pointer. */
  snapped: Vec | null = null;

  /** Ids that the committed layer leaves out. */
  get lifted(): ReadonlySet<string> {
    const ids = new Set(this.preview.keys());
    if (this.stroke?.target != null) ids.add(this.stroke.target);
    return ids;
  }

  clearGesture(): void {
    this.preview = new Map();
    this.draft = null;
    this.stroke = null;
    this.marquee = null;
    this.snapped = null;
  }
}
