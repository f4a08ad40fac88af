import type { Entry, SavedAnnotation } from "./types";

/** The server's annotations with what this browser has not been able to tell it yet, in the order it was done. */
export function overlay(
  saved: readonly SavedAnnotation[],
  entries: readonly Entry[],
): SavedAnnotation[] {
  const shapes = new Map(saved.map((annotation) => [annotation.id, annotation]));
  for (const { kind, subject, mine } of entries) {
    if (kind === "delete") shapes.delete(subject);
    else if (mine !== null)
      shapes.set(subject, { ...mine, revision: shapes.get(subject)?.revision ?? mine.revision });
  }
  return [...shapes.values()];
}

/** Suggestions without those that were turned down here but not yet there. */
export function withoutRejected<T extends { readonly id: string }>(
  predictions: readonly T[],
  entries: readonly Entry[],
): T[] {
  const rejected = new Set<string>();
  for (const { kind, subject } of entries) {
    if (kind === "reject") rejected.add(subject);
    if (kind === "unreject") rejected.delete(subject);
  }
  return predictions.filter((prediction) => !rejected.has(prediction.id));
}
