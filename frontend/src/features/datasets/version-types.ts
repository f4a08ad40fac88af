import type { Wire } from "@/api/types";

export const SPLITS = ["train", "val", "test"] as const;
export type SplitName = (typeof SPLITS)[number];

/** How images are divided; the server's `SplitBody`. */
export interface SplitRule {
  readonly seed: number;
  readonly fractions: Readonly<Record<SplitName, number>>;
  readonly stratify: boolean;
  readonly near_duplicates: boolean;
  /** Images whose split is set stay in it. */
  readonly keep_fixed: boolean;
  /** "", "folder", "uploader" or "metadata:<field>". */
  readonly together: string;
  readonly assign_by: string;
  readonly assign: Readonly<Record<string, SplitName>>;
}

export interface SplitWarning {
  readonly code: string;
  readonly n: number;
  readonly text: string;
  readonly samples: readonly string[];
}

export interface SplitPreview {
  readonly images: number;
  readonly splits: Readonly<Record<SplitName, number>>;
  readonly annotations: Readonly<Record<SplitName, number>>;
  readonly labels: readonly ({
    readonly id: number;
    readonly name: string;
    readonly color: string;
  } & Readonly<Record<SplitName, number>>)[];
  /** Groups of two and more images that stay together. */
  readonly groups: number;
  readonly fixed: number;
  readonly held_out_kept: boolean;
  readonly test_locked: boolean;
  readonly warnings: readonly SplitWarning[];
}

/** What is fixed in the project, and what its images can be divided by. */
export interface SplitsState {
  readonly counts: Readonly<Record<SplitName | "none", number>>;
  readonly test_locked: boolean;
  readonly fields: readonly {
    readonly field: string;
    readonly values: Readonly<Record<string, number>>;
    readonly more: boolean;
  }[];
}

export type Integrity = Wire<"Integrity">;

export const CHANGES = ["changed", "added", "removed", "moved", "renamed"] as const;
export type Change = (typeof CHANGES)[number];
export type ShapeChange = "added" | "removed" | "changed";

export interface DiffLabel {
  readonly name: string;
  readonly color: string;
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export interface DiffSummary {
  readonly images: Readonly<Record<Change | "same", number>>;
  /** "train → val" → images. */
  readonly moves: Readonly<Record<string, number>>;
  readonly labels: readonly DiffLabel[];
  readonly splits: Readonly<Record<SplitName, readonly [number, number]>>;
}

/** [x, y, w, h] in image pixels. */
export type Frame = readonly [number, number, number, number];

export interface DiffShape {
  readonly change: ShapeChange;
  readonly id: string | null;
  readonly label: readonly [string | null, string | null];
  readonly box: readonly [Frame | null, Frame | null];
  readonly what: readonly string[];
}

export interface DiffEntry {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly split: readonly [string | null, string | null];
  readonly changes: readonly Change[];
  readonly labels: Readonly<Record<string, Partial<Record<ShapeChange, number>>>>;
  readonly shapes: readonly DiffShape[];
  /** The image still is in the project. */
  readonly exists: boolean;
  readonly thumb_url: string | null;
}

export interface DiffPageData {
  readonly next: string | null;
  readonly summary?: DiffSummary;
  readonly results: readonly DiffEntry[];
}
