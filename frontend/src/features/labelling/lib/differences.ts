import type { SavedAnnotation } from "@/sync/types";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const said = (value: unknown): string =>
  value === undefined || value === null || value === "" ? "nothing" : String(value);

/** In which respects two versions of a shape differ, in words. */
export function differences(
  mine: SavedAnnotation,
  theirs: SavedAnnotation,
  nameOf: (label: number) => string,
): string[] {
  const lines: string[] = [];
  if (mine.label !== theirs.label)
    lines.push(`Class: ${nameOf(mine.label)} here, ${nameOf(theirs.label)} there`);
  if (!same(mine.geometry, theirs.geometry)) lines.push("The outline is different");
  const names = new Set([...Object.keys(mine.attributes), ...Object.keys(theirs.attributes)]);
  for (const name of names) {
    const [a, b] = [mine.attributes[name], theirs.attributes[name]];
    if (!same(a, b)) lines.push(`${name}: ${said(a)} here, ${said(b)} there`);
  }
  if (lines.length === 0) lines.push("Only the order of drawing or the origin is different");
  return lines;
}
