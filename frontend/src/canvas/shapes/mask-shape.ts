import { containsPoint } from "../geometry/box";
import { type Mask, MaskEditor, maskFromCrop, maskToCrop, pixelAt } from "../geometry/mask";
import { nearestEdge } from "../geometry/polygon";
import type { MaskGeometry, Vec } from "../geometry/types";
import { traceContours } from "../kernels/contour";
import { decodeRle, encodeRle } from "../kernels/rle";
import { rasterTiles } from "../kernels/tile-raster";
import { tracePoints } from "./paths";
import {
  type DrawView,
  type EdgeHit,
  expectKind,
  GeometryError,
  noVertices,
  requireFinite,
  type ShapeUtil,
} from "./shape-util";

/** Outlines of larger masks are neither traced nor drawn: the fill shows them well enough. */
const OUTLINE_UP_TO = 1 << 22;

const contourCache = new WeakMap<Mask, readonly number[][]>();

/** Boundary rings on pixel corners; none for very large masks. Traced once per version of the mask. */
export function contoursOf(mask: Mask): readonly number[][] {
  let contours = contourCache.get(mask);
  if (contours === undefined) {
    contours = mask.bbox.w * mask.bbox.h <= OUTLINE_UP_TO ? traceContours(maskToCrop(mask)) : [];
    contourCache.set(mask, contours);
  }
  return contours;
}

export const maskGeometry = (mask: Mask): MaskGeometry => ({ type: "mask", mask });

const containsPixel = (g: MaskGeometry, p: Vec): boolean =>
  pixelAt(g.mask.tiles, Math.floor(p.x), Math.floor(p.y)) === 1;

function shifted(mask: Mask, delta: Vec): Mask {
  const dx = Math.round(delta.x);
  const dy = Math.round(delta.y);
  if (dx === 0 && dy === 0) return mask;
  const crop = maskToCrop(mask);
  const x = Math.max(crop.x + dx, 0);
  const y = Math.max(crop.y + dy, 0);
  return maskFromCrop({ ...crop, x, y });
}

export const maskShape: ShapeUtil<MaskGeometry> = {
  ...noVertices,
  kind: "mask",
  bounds: (g) => (g.mask.area > 0 ? g.mask.bbox : null),
  area: (g) => g.mask.area,
  contains: (g, p) => containsPoint(g.mask.bbox, p) && containsPixel(g, p),
  nearestEdge(g, p) {
    let best: EdgeHit | null = null;
    for (const ring of contoursOf(g.mask)) {
      const hit = nearestEdge(ring, p, true);
      if (hit === null || (best !== null && hit.distance >= best.distance)) continue;
      best = {
        edge: "rim",
        distance: hit.distance,
        point: hit.point,
        action: "move",
        cursor: "move",
      };
    }
    return best;
  },
  handles: () => [],
  dragHandle: (g) => g,
  translate: (g, delta) => maskGeometry(shifted(g.mask, delta)),
  finish(g, size) {
    const { x, y, w, h } = g.mask.bbox;
    if (g.mask.area === 0) return null;
    if (x + w <= size.width && y + h <= size.height) return g;
    const editor = new MaskEditor(g.mask, { width: x + w, height: y + h });
    for (let row = y; row < y + h; row += 1)
      editor.setSpan(row, row < size.height ? size.width : 0, x + w - 1, 0);
    const clipped = editor.commit();
    return clipped.area > 0 ? maskGeometry(clipped) : null;
  },
  draw(ctx, g, view, paint) {
    if (paint.fill !== null) drawTiles(ctx, g, view, paint.fill);
    if (view.scale * Math.sqrt(g.mask.area) < 8) return;
    ctx.beginPath();
    for (const ring of contoursOf(g.mask)) tracePoints(ctx, ring, view, true);
    ctx.stroke();
  },
  toJson(g) {
    const { x, y, w, h } = g.mask.bbox;
    return { type: "mask", bbox: [x, y, w, h], counts: encodeRle(maskToCrop(g.mask)) };
  },
  fromJson(wire) {
    const { bbox, counts } = expectKind(wire, "mask");
    requireFinite(bbox, "mask");
    const [x, y, w, h] = bbox;
    if (![x, y, w, h].every(Number.isInteger) || x < 0 || y < 0 || w < 1 || h < 1) {
      throw new GeometryError("The mask's box is not made of whole pixels inside the image.");
    }
    try {
      return maskGeometry(maskFromCrop({ x, y, w, h, data: decodeRle(counts, w, h) }));
    } catch (error) {
      if (error instanceof RangeError) throw new GeometryError(error.message);
      throw error;
    }
  },
};

/** Written to a scratch canvas first: putImageData would overwrite what is below instead of covering it. */
function drawTiles(
  ctx: CanvasRenderingContext2D,
  g: MaskGeometry,
  view: DrawView,
  fill: string,
): void {
  const raster = rasterTiles(g.mask, view, fill);
  if (raster === null) return;
  const scratch = view.scratch(raster.width, raster.height);
  if (scratch === null) return;
  scratch.putImageData(new ImageData(raster.data, raster.width, raster.height), 0, 0);
  const { x, y, width, height } = raster;
  ctx.drawImage(scratch.canvas, 0, 0, width, height, x, y, width, height);
}
