/** Suggestions of a model: which are open, in which order they are gone through, what accepting one makes. */
import type { Geometry } from "../geometry/types";
import { type NewShape, newRecord, type ShapeRecord } from "./records";
import type { SceneStore } from "./store";

/** Open = neither rejected nor turned into an annotation. Cached until the scene changes. */
export class Suggestions {
  private version = -1;
  private accepted = new Set<string>();

  constructor(private readonly store: SceneStore) {}

  isOpen(record: ShapeRecord): boolean {
    return record.prediction && !record.rejected && !this.acceptedIds().has(record.id);
  }

  /** Open ones at or above the score, least certain first: those are where a person helps most. */
  queue(threshold: number): ShapeRecord[] {
    const open = [...this.store.all()].filter(
      (record) => this.isOpen(record) && passes(record, threshold),
    );
    return open.sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || a.id.localeCompare(b.id));
  }

  /** How many open ones the threshold hides. */
  below(threshold: number): ShapeRecord[] {
    return [...this.store.all()].filter(
      (record) => this.isOpen(record) && !passes(record, threshold),
    );
  }

  private acceptedIds(): ReadonlySet<string> {
    if (this.version !== this.store.version) {
      this.version = this.store.version;
      this.accepted = new Set();
      for (const record of this.store.all()) {
        if (record.predictionId !== null) this.accepted.add(record.predictionId);
      }
    }
    return this.accepted;
  }
}

export const passes = (record: ShapeRecord, threshold: number): boolean =>
  (record.score ?? 0) >= threshold;

/** The annotation that a suggestion becomes; edited when the person changed its geometry or label on the way. */
export function annotationFrom(
  prediction: ShapeRecord,
  id: string,
  zOrder: number,
  edit: { readonly geometry?: Geometry; readonly label?: number } = {},
): ShapeRecord {
  const edited =
    edit.geometry !== undefined || (edit.label !== undefined && edit.label !== prediction.label);
  const shape: NewShape = {
    id,
    label: edit.label ?? prediction.label,
    geometry: edit.geometry ?? prediction.geometry,
    zOrder,
    source: edited ? "prediction_edited" : "prediction",
    score: prediction.score,
    predictionId: prediction.id,
    attributes: prediction.attributes,
  };
  return newRecord(shape);
}
