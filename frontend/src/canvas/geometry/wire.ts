/** Geometry and annotations exactly as the server sends and stores them (plain, mutable JSON). */

export type WireGeometry =
  | { type: "box"; x: number; y: number; w: number; h: number }
  | { type: "rotated_box"; cx: number; cy: number; w: number; h: number; angle: number }
  | { type: "polygon"; parts: { outer: number[]; holes: number[][] }[] }
  | { type: "polyline"; points: number[] }
  | { type: "points"; points: number[] }
  | { type: "keypoints"; points: number[] }
  | { type: "ellipse"; cx: number; cy: number; rx: number; ry: number; rotation: number }
  | { type: "mask"; bbox: [number, number, number, number]; counts: string }
  | { type: "tag" };

/** `source` says how an annotation came to be. */
export type AnnotationSource = "manual" | "prediction" | "prediction_edited" | "import";

export interface WireAnnotation {
  id: string;
  label: number;
  geometry: WireGeometry;
  attributes: Record<string, unknown>;
  z_order: number;
  revision: number;
  source: AnnotationSource;
  score: number | null;
  prediction: string | null;
  created_by: number | null;
  updated_at: string | null;
}

/** What the engine needs to know about one suggestion of a model. */
export interface WirePrediction {
  id: string;
  label: number;
  geometry: WireGeometry;
  score: number;
}
