import { plural } from "@/lib/format";

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  box: ["box", "boxes"],
  rotated_box: ["rotated box", "rotated boxes"],
  polygon: ["polygon", "polygons"],
  polyline: ["line", "lines"],
  points: ["set of points", "sets of points"],
  keypoints: ["skeleton", "skeletons"],
  ellipse: ["ellipse", "ellipses"],
  mask: ["mask", "masks"],
  tag: ["tag", "tags"],
};

/** "4,812 boxes, 3 masks": objects by their geometry, the most frequent first. */
export function kindsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => plural(count, ...(WORDS[kind] ?? [kind, `${kind}s`])))
    .join(", ");
}
