import type { Label } from "@/api/types";

/** Keys that may stand for a class: digits only, because letters are tools. */
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"] as const;

/** The digit of each class: the one it was given, and for the others the free digits in order. */
export function classKeys(labels: readonly Label[]): ReadonlyMap<number, string> {
  const keys = new Map<number, string>();
  const taken = new Set<string>();
  for (const { id, hotkey } of labels) {
    if (!(DIGITS as readonly string[]).includes(hotkey) || taken.has(hotkey)) continue;
    keys.set(id, hotkey);
    taken.add(hotkey);
  }
  const free = DIGITS.filter((digit) => !taken.has(digit));
  for (const { id } of labels) {
    if (keys.has(id)) continue;
    const digit = free.shift();
    if (digit !== undefined) keys.set(id, digit);
  }
  return keys;
}

/** The classes one can give, in the order of the schema. */
export const usable = (labels: readonly Label[]): Label[] =>
  labels.filter((label) => !label.archived).sort((a, b) => a.position - b.position);
