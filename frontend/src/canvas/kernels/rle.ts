/**
 * COCO compressed run lengths of a crop. Nothing in this file may read editor state.
 * Format (pycocotools, maskApi.c): runs of 0 and 1 in column-major order, starting with zeros; every run from the
 * fourth on is stored as the difference to the run two before it; each number in groups of five bits, low first,
 * bit 5 says "more follows", the last group is sign-extended, every group plus 48 is one ASCII character.
 */
import type { MaskCrop } from "../geometry/mask";

/** Column-major run lengths, zeros first. */
export function runsOf(crop: Pick<MaskCrop, "w" | "h" | "data">): number[] {
  const { w, h, data } = crop;
  const runs: number[] = [];
  let value = 0;
  let length = 0;
  for (let x = 0; x < w; x += 1) {
    for (let y = 0, i = x; y < h; y += 1, i += w) {
      const pixel = data[i] === 0 ? 0 : 1;
      if (pixel !== value) {
        runs.push(length);
        length = 0;
        value = pixel;
      }
      length += 1;
    }
  }
  runs.push(length);
  return runs;
}

export function compressRuns(runs: readonly number[]): string {
  let text = "";
  runs.forEach((run, i) => {
    let value = i > 2 ? run - (runs[i - 2] ?? 0) : run;
    let more = true;
    while (more) {
      let group = value & 0x1f;
      value >>= 5;
      more = (group & 0x10) !== 0 ? value !== -1 : value !== 0;
      if (more) group |= 0x20;
      text += String.fromCharCode(group + 48);
    }
  });
  return text;
}

/** Throws a RangeError when the text breaks off inside a number or holds a foreign character. */
export function parseRuns(counts: string): number[] {
  const runs: number[] = [];
  let at = 0;
  while (at < counts.length) {
    let value = 0;
    let shift = 0;
    let more = true;
    while (more) {
      const group = counts.charCodeAt(at) - 48;
      if (Number.isNaN(group) || group < 0 || group > 63 || shift > 25) {
        throw new RangeError(`Run lengths are damaged at character ${at}.`);
      }
      value |= (group & 0x1f) << shift;
      more = (group & 0x20) !== 0;
      at += 1;
      shift += 5;
      if (!more && (group & 0x10) !== 0) value |= -1 << shift;
    }
    if (runs.length > 2) value += runs[runs.length - 2] ?? 0;
    if (value < 0) throw new RangeError(`Run lengths are damaged: a run of ${value} pixels.`);
    runs.push(value);
  }
  return runs;
}

/** Row-major bytes of a w × h crop. Throws a RangeError when the runs do not cover it exactly. */
export function pixelsOfRuns(runs: readonly number[], w: number, h: number): Uint8Array {
  const total = runs.reduce((sum, run) => sum + run, 0);
  if (total !== w * h)
    throw new RangeError(`Run lengths cover ${total} pixels, not the ${w} × ${h} of the mask.`);
  const data = new Uint8Array(w * h);
  let at = 0;
  let value = 0;
  for (const run of runs) {
    if (value === 1) {
      for (let i = at; i < at + run; i += 1) data[(i % h) * w + Math.floor(i / h)] = 1;
    }
    at += run;
    value = 1 - value;
  }
  return data;
}

export const encodeRle = (crop: Pick<MaskCrop, "w" | "h" | "data">): string =>
  compressRuns(runsOf(crop));

export const decodeRle = (counts: string, w: number, h: number): Uint8Array =>
  pixelsOfRuns(parseRuns(counts), w, h);
