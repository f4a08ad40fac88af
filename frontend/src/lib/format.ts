const number = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

/** 12345 -> "12,345". */
export const formatCount = (value: number): string => number.format(value);

/** 12345 -> "12.3K". */
export const formatCompact = (value: number): string => compact.format(value);

/** 0.4267 -> "43 %"; never rounds something to nothing, or an unfinished whole to 100 %. */
export function formatPercent(fraction: number): string {
  if (fraction > 0 && fraction < 0.01) return "< 1 %";
  if (fraction < 1 && fraction > 0.99) return "99 %";
  return `${Math.round(fraction * 100)} %`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, as disks are sold: 1536000 -> "1.5 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? "B"}`;
}

/** Seconds as people say them: 8 s, 3 min 20 s, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = total % 60;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  return `${rest} s`;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago" for a moment, as seen at `now` (both milliseconds since 1970). */
export function formatRelative(moment: number, now: number): string {
  const seconds = (moment - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.round(seconds), "second");
}

/** The exact local time, for the hover of a relative one. */
export const formatExact = (moment: number): string => exact.format(moment);

/** plural(1, "image") -> "1 image"; plural(3, "image") -> "3 images"; plural(2, "class", "classes"). */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
