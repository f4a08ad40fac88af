/** Records from the wire; a shape that cannot be drawn is reported and does not stop the others. */
import type { Size } from "../geometry/types";
import type { WireAnnotation, WirePrediction } from "../geometry/wire";
import { GeometryError } from "../shapes/shape-util";
import type { SceneDiff } from "./diff";
import { recordFromPrediction, recordFromWire, type ShapeRecord } from "./records";

export interface EditorImage extends Size {
  readonly id: string;
}

export interface LoadOptions {
  /** Keep zoom and position of the last image instead of showing the whole new one. */
  readonly keepView?: boolean;
}

export interface LoadProblem {
  readonly id: string;
  readonly message: string;
}

export interface Loaded {
  readonly records: readonly ShapeRecord[];
  readonly problems: readonly LoadProblem[];
}

export function readRecords(
  annotations: readonly WireAnnotation[],
  predictions: readonly WirePrediction[],
): Loaded {
  const records: ShapeRecord[] = [];
  const problems: LoadProblem[] = [];
  const read = <T extends { id: string }>(
    items: readonly T[],
    parse: (item: T) => ShapeRecord,
  ): void => {
    for (const item of items) {
      try {
        records.push(parse(item));
      } catch (error) {
        if (!(error instanceof GeometryError)) throw error;
        problems.push({ id: item.id, message: error.message });
      }
    }
  };
  read(annotations, recordFromWire);
  read(predictions, recordFromPrediction);
  return { records, problems };
}

export interface Rejections {
  readonly rejected: readonly string[];
  /** Open again, by undo. */
  readonly restored: readonly string[];
}

/** The decisions in a diff of suggestions. */
export function rejectionsOf(diff: SceneDiff): Rejections {
  const changes = [...diff.updated.values()];
  const turned = (rejected: boolean): string[] =>
    changes
      .filter(({ from, to }) => from.rejected !== rejected && to.rejected === rejected)
      .map(({ to }) => to.id);
  return { rejected: turned(true), restored: turned(false) };
}
