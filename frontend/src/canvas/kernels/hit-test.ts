/**
 * What lies under the pointer. Nothing in this file may read editor state.
 * Order: handles of the selection, then vertices, then edges, then the smallest area containing the point.
 */
import type { Vec } from "../geometry/types";
import { distance } from "../geometry/vec";
import type { EdgeHit, Handle } from "../shapes/shape-util";

export interface HitTarget {
  readonly id: string;
  readonly selected: boolean;
  readonly area: number;
  /** Inside the shape, handles and edges reach only so far, so that a small shape can still be moved by its middle. */
  readonly inset: number;
  /** Empty unless the shape may be edited in place. */
  readonly handles: readonly Handle[];
  readonly nearestEdge: (p: Vec) => EdgeHit | null;
  readonly contains: (p: Vec) => boolean;
}

export type Hit =
  | { readonly kind: "handle"; readonly id: string; readonly handle: Handle }
  | {
      readonly kind: "edge";
      readonly id: string;
      readonly edge: EdgeHit;
      readonly selected: boolean;
    }
  | { readonly kind: "body"; readonly id: string };

/** All hits at p, best first; at most one per shape and kind. `tolerance` in image pixels. */
export function hitStack(targets: readonly HitTarget[], p: Vec, tolerance: number): Hit[] {
  const handles: { distance: number; vertex: boolean; hit: Hit }[] = [];
  const edges: { distance: number; selected: boolean; hit: Hit }[] = [];
  const bodies: { area: number; hit: Hit }[] = [];
  for (const target of targets) {
    const inside = target.contains(p);
    const reach = inside ? Math.min(tolerance, target.inset) : tolerance;
    const handle = nearestHandle(target, p, reach);
    if (handle !== null) {
      const hit: Hit = { kind: "handle", id: target.id, handle };
      handles.push({ distance: distance(p, handle.point), vertex: handle.kind === "vertex", hit });
    }
    const edge = target.nearestEdge(p);
    if (edge !== null && edge.distance <= reach) {
      const hit: Hit = { kind: "edge", id: target.id, edge, selected: target.selected };
      edges.push({ distance: edge.distance, selected: target.selected, hit });
    }
    if (target.contains(p))
      bodies.push({ area: target.area, hit: { kind: "body", id: target.id } });
  }
  handles.sort((a, b) => Number(a.vertex) - Number(b.vertex) || a.distance - b.distance);
  edges.sort((a, b) => Number(b.selected) - Number(a.selected) || a.distance - b.distance);
  bodies.sort((a, b) => a.area - b.area);
  return [...handles, ...edges, ...bodies].map((entry) => entry.hit);
}

function nearestHandle(target: HitTarget, p: Vec, tolerance: number): Handle | null {
  let best: Handle | null = null;
  let least = tolerance;
  for (const handle of target.handles) {
    const d = distance(p, handle.point);
    if (d > least || (d === least && best !== null)) continue;
    least = d;
    best = handle;
  }
  return best;
}

/** The shapes under the pointer, best first, each once: what Alt-click walks through. */
export function shapesUnder(hits: readonly Hit[]): string[] {
  return [...new Set(hits.map((hit) => hit.id))];
}

/** The next shape of the stack after the one that is selected now, wrapping around. */
export function cycle(stack: readonly string[], current: string | null): string | null {
  if (stack.length === 0) return null;
  const at = current === null ? -1 : stack.indexOf(current);
  return stack[(at + 1) % stack.length] ?? null;
}
