import type { ImageState } from "@/api/types";

export const STATES = ["new", "in_progress", "labelled", "reviewed", "skipped"] as const;
export const SPLITS = ["train", "val", "test", "none"] as const;
export const ORDERS = [
  { value: "-created", label: "Newest first" },
  { value: "created", label: "Oldest first" },
  { value: "name", label: "Name" },
  { value: "priority", label: "Labelling queue" },
  { value: "-score", label: "Score, high first" },
  { value: "score", label: "Score, low first" },
  { value: "-annotations", label: "Most objects" },
] as const;

export type SplitFilter = (typeof SPLITS)[number];
export type Order = (typeof ORDERS)[number]["value"];

/** What the address of the gallery says: filters, order, and whether the upload box is open. */
export interface ImageSearch {
  readonly state?: ImageState;
  readonly split?: SplitFilter;
  readonly label?: number;
  readonly unlabelled?: true;
  readonly min_score?: number;
  readonly max_score?: number;
  readonly uploader?: number;
  readonly search?: string;
  readonly duplicates?: true;
  readonly order?: Order;
  readonly upload?: true;
}

const among = <T extends string>(value: unknown, options: readonly T[]): T | undefined =>
  options.find((option) => option === value);

function numberIn(value: unknown): number | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const isOn = (value: unknown): true | undefined =>
  value === true || value === "true" || value === 1 || value === "1" ? true : undefined;

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

/** Reads an address that anybody may have typed; what makes no sense is left out. */
export function parseImageSearch(raw: Record<string, unknown>): ImageSearch {
  const parsed: { [K in keyof ImageSearch]: ImageSearch[K] | undefined } = {
    state: among(raw["state"], STATES),
    split: among(raw["split"], SPLITS),
    label: numberIn(raw["label"]),
    unlabelled: isOn(raw["unlabelled"]),
    min_score: numberIn(raw["min_score"]),
    max_score: numberIn(raw["max_score"]),
    uploader: numberIn(raw["uploader"]),
    search: text(raw["search"]),
    duplicates: isOn(raw["duplicates"]),
    order: among(
      raw["order"],
      ORDERS.map((order) => order.value),
    ),
    upload: isOn(raw["upload"]),
  };
  return Object.fromEntries(
    Object.entries(parsed).filter(([, value]) => value !== undefined),
  ) as ImageSearch;
}

/** The part of the address that decides which images there are. */
export function filterOf(search: ImageSearch): Omit<ImageSearch, "order" | "upload"> {
  const { order: _order, upload: _upload, ...filter } = search;
  return filter;
}

export const isFiltered = (search: ImageSearch) => Object.keys(filterOf(search)).length > 0;

export const STATE_LABELS: Readonly<Record<ImageState, string>> = {
  new: "New",
  in_progress: "In progress",
  labelled: "Labelled",
  reviewed: "Reviewed",
  skipped: "Skipped",
};

export const SPLIT_LABELS: Readonly<Record<SplitFilter, string>> = {
  train: "Train",
  val: "Validation",
  test: "Test",
  none: "Undecided",
};
