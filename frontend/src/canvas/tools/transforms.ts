/** Changes of kind and clean-up of the selected shapes; each is one step of the history. */
import { EMPTY_MASK, type MaskCrop, MaskEditor, maskFromCrop, maskToCrop } from "../geometry/mask";
import { ringArea, ringContains } from "../geometry/polygon";
import { ellipsePoints, rotatedBoxCorners } from "../geometry/rotated";
import type { FlatPoints, Geometry, PolygonPart, Size, Vec } from "../geometry/types";
import { isHole, traceContours } from "../kernels/contour";
import { fillHoles, polygonSpans, removeIslands } from "../kernels/fill";
import { simplifyRing } from "../kernels/simplify";
import { maskGeometry } from "../shapes/mask-shape";
import type { Workspace } from "./workspace";

export type TransformName = "fill_holes" | "remove_islands" | "to_mask" | "to_polygon";

/** Islands of a mask below this many pixels are taken for slips. */
const ISLAND_PIXELS = 16;
/** The outline of a mask becomes a polygon that is nowhere farther off than this, in pixels. */
const OUTLINE_TOLERANCE = 0.75;

/** Returns how many of the selected shapes were changed. */
export function transform(workspace: Workspace, name: TransformName): number {
  const changed = new Map<string, Geometry>();
  for (const { id, geometry } of workspace.editable(workspace.selection)) {
    const next = transformed(geometry, name, workspace.size);
    if (next !== null) changed.set(id, next);
  }
  workspace.commitGeometries(name.replace("_", " "), changed);
  return changed.size;
}

/** Null when the transform means nothing for this kind of shape. */
export function transformed(g: Geometry, name: TransformName, size: Size): Geometry | null {
  switch (name) {
    case "fill_holes":
      return cleaned(g, fillHoles);
    case "remove_islands":
      return cleaned(g, (crop) => removeIslands(crop, ISLAND_PIXELS));
    case "to_polygon":
      return g.type === "mask" ? polygonOf(maskToCrop(g.mask)) : null;
    case "to_mask":
      return maskOf(g, size);
  }
}

function cleaned(g: Geometry, clean: (crop: MaskCrop) => MaskCrop): Geometry | null {
  return g.type === "mask" ? maskGeometry(maskFromCrop(clean(maskToCrop(g.mask)))) : null;
}

function maskOf(g: Geometry, size: Size): Geometry | null {
  const parts = partsOf(g);
  if (parts === null) return null;
  const editor = new MaskEditor(EMPTY_MASK, size);
  polygonSpans(parts, (y, x0, x1) => editor.setSpan(y, x0, x1, 1));
  return maskGeometry(editor.commit());
}

function partsOf(g: Geometry): readonly PolygonPart[] | null {
  const simple = (outer: FlatPoints): PolygonPart[] => [{ outer, holes: [] }];
  switch (g.type) {
    case "polygon":
      return g.parts;
    case "box":
      return simple([g.x, g.y, g.x + g.w, g.y, g.x + g.w, g.y + g.h, g.x, g.y + g.h]);
    case "rotated_box":
      return simple(rotatedBoxCorners(g).flatMap((p) => [p.x, p.y]));
    case "ellipse":
      return simple(ellipsePoints(g, 128));
    default:
      return null;
  }
}

/** Outer rings become parts, each hole goes to the smallest part around it. */
function polygonOf(crop: MaskCrop): Geometry | null {
  const rings = traceContours(crop);
  const outers = rings
    .filter((ring) => !isHole(ring))
    .map((ring) => ({ ring, area: ringArea(ring), holes: [] as number[][] }))
    .sort((a, b) => a.area - b.area);
  for (const hole of rings.filter(isHole)) {
    const inside = insideHole(hole);
    outers
      .find(({ ring }) => ringContains(ring, inside))
      ?.holes.push(simplifyRing(hole, OUTLINE_TOLERANCE));
  }
  const parts = outers.map(({ ring, holes }) => ({
    outer: simplifyRing(ring, OUTLINE_TOLERANCE),
    holes,
  }));
  return parts.length > 0 ? { type: "polygon", parts } : null;
}

/** The middle of a pixel that lies in the hole: right below the leftmost part of its upper edge. */
function insideHole(hole: readonly number[]): Vec {
  // The trace of a hole starts with paint below, so the free pixel lies above the first edge.
  const x = hole[hole.length - 2] ?? 0;
  const y = hole[hole.length - 1] ?? 0;
  return { x: x + 0.5, y: y - 0.5 };
}
