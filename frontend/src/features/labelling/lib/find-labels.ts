import type { Label } from "@/api/types";

/** Labels by a typed text: those that begin with it first, then those that contain it; recent ones ahead of the rest. */
export function findLabels(
  labels: readonly Label[],
  text: string,
  recent: readonly number[],
): Label[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ id, name }: Label): number => {
    const begins = name.toLowerCase().startsWith(wanted) ? 0 : 1;
    const used = recent.indexOf(id);
    return begins * 10_000 + (used < 0 ? 5_000 : used);
  };
  return labels
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map((label, at) => ({ label, rank: rank(label), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ label }) => label);
}
