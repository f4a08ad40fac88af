/** How the person works and sees: survives from image to image. */
import type { ShapeRecord } from "./records";

export interface LabelStyle {
  readonly name: string;
  /** #rrggbb */
  readonly color: string;
}

export type LabelLookup = (label: number) => LabelStyle;

export interface Visibility {
  /** Nothing but the image. */
  readonly hideAll: boolean;
  readonly hiddenLabels: ReadonlySet<number>;
  readonly hiddenShapes: ReadonlySet<string>;
  /** When set, only these shapes are shown. */
  readonly only: ReadonlySet<string> | null;
  readonly predictions: boolean;
  /** Class names beside the shapes, where there is room; on hover they are always shown. */
  readonly names: boolean;
}

export const EVERYTHING_VISIBLE: Visibility = {
  hideAll: false,
  hiddenLabels: new Set(),
  hiddenShapes: new Set(),
  only: null,
  predictions: true,
  names: true,
};

/** Whether the person wants to see it, thresholds aside. */
export const isShown = (visibility: Visibility, record: ShapeRecord): boolean =>
  !visibility.hideAll &&
  (visibility.predictions || !record.prediction) &&
  !visibility.hiddenLabels.has(record.label) &&
  !visibility.hiddenShapes.has(record.id) &&
  (visibility.only === null || visibility.only.has(record.id));

export const MAX_BRUSH = 512;

export interface Settings {
  activeLabel: number | null;
  /** Diameter in image pixels. */
  brushSize: number;
  snap: boolean;
  /** Suggestions below this score are not shown. */
  threshold: number;
  visibility: Visibility;
  labels: LabelLookup;
}

const UNKNOWN_LABEL: LabelStyle = { name: "?", color: "#8a8f98" };

export const defaultSettings = (): Settings => ({
  activeLabel: null,
  brushSize: 24,
  snap: false,
  threshold: 0.25,
  visibility: EVERYTHING_VISIBLE,
  labels: () => UNKNOWN_LABEL,
});
