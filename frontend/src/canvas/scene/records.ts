/** One object on the image: an annotation, or (flagged) a suggestion of a model. Immutable. */
import type { Geometry } from "../geometry/types";
import type { AnnotationSource, WireAnnotation, WirePrediction } from "../geometry/wire";
import { geometryFromJson, geometryToJson } from "../shapes/registry";

export interface ShapeRecord {
  readonly id: string;
  readonly label: number;
  readonly geometry: Geometry;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly zOrder: number;
  readonly source: AnnotationSource;
  readonly score: number | null;
  /** The suggestion that this annotation was made from. */
  readonly predictionId: string | null;
  /** True for suggestions: drawn apart, never saved, their geometry never edited in place. */
  readonly prediction: boolean;
  /** Only for suggestions: a person has said no. */
  readonly rejected: boolean;
  /** What the server said last; 0 while it does not know the shape. Undo leaves these three alone. */
  readonly revision: number;
  readonly createdBy: number | null;
  readonly updatedAt: string | null;
}

export interface NewShape {
  readonly id: string;
  readonly label: number;
  readonly geometry: Geometry;
  readonly zOrder: number;
  readonly source?: AnnotationSource;
  readonly score?: number | null;
  readonly predictionId?: string | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export const newRecord = (shape: NewShape): ShapeRecord => ({
  attributes: {},
  source: "manual",
  score: null,
  predictionId: null,
  ...shape,
  prediction: false,
  rejected: false,
  revision: 0,
  createdBy: null,
  updatedAt: null,
});

/** Throws a GeometryError for a shape that cannot be drawn. */
export const recordFromWire = (wire: WireAnnotation): ShapeRecord => ({
  id: wire.id,
  label: wire.label,
  geometry: geometryFromJson(wire.geometry),
  attributes: wire.attributes,
  zOrder: wire.z_order,
  source: wire.source,
  score: wire.score,
  predictionId: wire.prediction,
  prediction: false,
  rejected: false,
  revision: wire.revision,
  createdBy: wire.created_by,
  updatedAt: wire.updated_at,
});

/** Throws a GeometryError for a shape that cannot be drawn. */
export const recordFromPrediction = (wire: WirePrediction): ShapeRecord => ({
  id: wire.id,
  label: wire.label,
  geometry: geometryFromJson(wire.geometry),
  attributes: {},
  zOrder: 0,
  source: "prediction",
  score: wire.score,
  predictionId: null,
  prediction: true,
  rejected: false,
  revision: 0,
  createdBy: null,
  updatedAt: null,
});

export const recordToWire = (record: ShapeRecord): WireAnnotation => ({
  id: record.id,
  label: record.label,
  geometry: geometryToJson(record.geometry),
  attributes: { ...record.attributes },
  z_order: record.zOrder,
  revision: record.revision,
  source: record.source,
  score: record.score,
  prediction: record.predictionId,
  created_by: record.createdBy,
  updated_at: record.updatedAt,
});
