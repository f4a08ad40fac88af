/** Polygon to pixels, holes of masks. Nothing in this file may read editor state. */
import type { MaskCrop } from "../geometry/mask";
import { partsBounds } from "../geometry/polygon";
import type { FlatPoints, PolygonPart } from "../geometry/types";
import type { SpanSink } from "./brush";

/** Spans of all pixels whose centre lies inside the parts (even–odd, holes left out), top to bottom. */
export function polygonSpans(parts: readonly PolygonPart[], sink: SpanSink): void {
  const bounds = partsBounds(parts);
  if (bounds === null) return;
  const first = Math.ceil(bounds.y - 0.5);
  const last = Math.floor(bounds.y + bounds.h - 0.5);
  for (let row = first; row <= last; row += 1) {
    for (const part of parts) {
      const crossings = [part.outer, ...part.holes].flatMap((ring) =>
        ringCrossings(ring, row + 0.5),
      );
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const x0 = Math.ceil((crossings[i] ?? 0) - 0.5);
        const x1 = Math.ceil((crossings[i + 1] ?? 0) - 0.5) - 1;
        if (x1 >= x0) sink(row, x0, x1);
      }
    }
  }
}

function ringCrossings(ring: FlatPoints, y: number): number[] {
  const xs: number[] = [];
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const y0 = ring[j + 1] ?? 0;
    const y1 = ring[i + 1] ?? 0;
    if (y0 > y === y1 > y) continue;
    const x0 = ring[j] ?? 0;
    const x1 = ring[i] ?? 0;
    xs.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
  return xs;
}

/** A copy in which every 0 that cannot reach the edge of the crop over 0s (4-connected) became 1. */
export function fillHoles(crop: MaskCrop): MaskCrop {
  const { w, h, data } = crop;
  const outside = new Uint8Array(w * h);
  const stack: number[] = [];
  const visit = (i: number): void => {
    if (data[i] !== 0 || outside[i] !== 0) return;
    outside[i] = 1;
    stack.push(i);
  };
  for (let x = 0; x < w; x += 1) {
    visit(x);
    visit((h - 1) * w + x);
  }
  for (let y = 0; y < h; y += 1) {
    visit(y * w);
    visit(y * w + w - 1);
  }
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    const x = i % w;
    if (x > 0) visit(i - 1);
    if (x < w - 1) visit(i + 1);
    if (i >= w) visit(i - w);
    if (i < (h - 1) * w) visit(i + w);
  }
  return { ...crop, data: outside.map((value) => 1 - value) };
}

/** A copy without the 4-connected islands that have fewer than `minPixels` pixels. */
export function removeIslands(crop: MaskCrop, minPixels: number): MaskCrop {
  const { w, h } = crop;
  const left = crop.data.slice();
  const kept = new Uint8Array(w * h);
  for (let start = 0; start < left.length; start += 1) {
    if (left[start] === 0) continue;
    const island = [start];
    left[start] = 0;
    for (let at = 0; at < island.length; at += 1) {
      const i = island[at] ?? 0;
      const x = i % w;
      for (const next of [x > 0 ? i - 1 : -1, x < w - 1 ? i + 1 : -1, i - w, i + w]) {
        if (next < 0 || next >= left.length || left[next] === 0) continue;
        left[next] = 0;
        island.push(next);
      }
    }
    if (island.length >= minPixels) for (const i of island) kept[i] = 1;
  }
  return { ...crop, data: kept };
}
