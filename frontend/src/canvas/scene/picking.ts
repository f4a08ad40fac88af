/** What can be hit: visible records near a point, turned into targets of the hit-test kernel. */
import { boxesTouch, containsBox, expandBox } from "../geometry/box";
import type { Box, Vec } from "../geometry/types";
import { type Hit, type HitTarget, hitStack } from "../kernels/hit-test";
import { shapeUtil } from "../shapes/registry";
import type { ShapeRecord } from "./records";
import type { SpatialIndex } from "./spatial-index";
import type { SceneStore } from "./store";

export interface PickingScene {
  readonly store: SceneStore;
  readonly index: SpatialIndex;
  readonly selected: readonly string[];
  readonly isVisible: (record: ShapeRecord) => boolean;
  /** Selected shapes show handles. */
  readonly editable: boolean;
}

/** `pixel` is the size of a screen pixel in image pixels, `tolerance` in screen pixels. */
export function pick(scene: PickingScene, p: Vec, pixel: number, tolerance: number): Hit[] {
  const reach = tolerance * pixel;
  const near = scene.index.search(expandBox({ x: p.x, y: p.y, w: 0, h: 0 }, reach));
  const targets: HitTarget[] = [];
  for (const id of new Set([...scene.selected, ...near])) {
    const record = scene.store.get(id);
    if (record !== undefined && scene.isVisible(record))
      targets.push(targetOf(record, scene, pixel));
  }
  return hitStack(targets, p, reach);
}

function targetOf(record: ShapeRecord, scene: PickingScene, pixel: number): HitTarget {
  const g = record.geometry;
  const util = shapeUtil(g);
  const selected = scene.selected.includes(record.id);
  const bounds = util.bounds(g);
  return {
    id: record.id,
    selected: selected && scene.editable && scene.selected.length === 1,
    area: util.area(g),
    inset: bounds === null ? 0 : Math.min(bounds.w, bounds.h) / 4,
    handles:
      selected && scene.editable && scene.selected.length === 1 ? util.handles(g, pixel) : [],
    nearestEdge: (point) => util.nearestEdge(g, point),
    contains: (point) => util.contains(g, point),
  };
}

/** Visible records inside the box, or, with `touching`, also those that only reach into it. */
export function pickInBox(scene: PickingScene, box: Box, touching: boolean): string[] {
  return scene.index.search(box).filter((id) => {
    const record = scene.store.get(id);
    if (record === undefined || !scene.isVisible(record)) return false;
    const bounds = shapeUtil(record.geometry).bounds(record.geometry);
    return bounds !== null && (touching ? boxesTouch(box, bounds) : containsBox(box, bounds));
  });
}
