/** Short ways to write annotations and suggestions in tests. */
import type { WireAnnotation, WireGeometry, WirePrediction } from "../geometry/wire";

export const annotation = (
  id: string,
  geometry: WireGeometry,
  fields: Partial<WireAnnotation> = {},
): WireAnnotation => ({
  id,
  label: 1,
  geometry,
  attributes: {},
  z_order: 0,
  revision: 1,
  source: "manual",
  score: null,
  prediction: null,
  created_by: null,
  updated_at: null,
  ...fields,
});

export const box = (x: number, y: number, w: number, h: number): WireGeometry => ({
  type: "box",
  x,
  y,
  w,
  h,
});

export const polygon = (...outer: number[]): WireGeometry => ({
  type: "polygon",
  parts: [{ outer, holes: [] }],
});

export const boxAnnotation = (
  id: string,
  x: number,
  y: number,
  w: number,
  h: number,
): WireAnnotation => annotation(id, box(x, y, w, h));

export const prediction = (
  id: string,
  geometry: WireGeometry,
  score: number,
  label = 1,
): WirePrediction => ({
  id,
  label,
  geometry,
  score,
});
