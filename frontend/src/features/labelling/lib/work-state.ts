/** What a session needs of the world, and what it says about itself. */
import type { ImageItem } from "@/api/types";
import type { WireAnnotation, WirePrediction } from "@/canvas/geometry/wire";
import type { Saver } from "@/sync/saver";
import type { Assignment, ModelRef, QueueView, WorkApi } from "../api/work";

/** The canvas, as the session needs it. */
export interface Stage {
  show(
    image: ImageItem,
    annotations: readonly WireAnnotation[],
    predictions: readonly WirePrediction[],
  ): void;
  /** Shows the picture as it arrives; rejects when it cannot be shown at all. */
  paint(image: ImageItem): Promise<void>;
  /** Loads pictures that will be asked for soon. */
  prepare(images: readonly ImageItem[]): void;
  applyRemote(upserts: readonly WireAnnotation[], removed: readonly string[]): void;
  setSuggestions(predictions: readonly WirePrediction[]): void;
  setEditable(editable: boolean): void;
  shapes(): readonly { readonly id: string; readonly revision: number }[];
}

export type SaverPort = Pick<
  Saver,
  "entriesOf" | "concerns" | "flush" | "revisionOf" | "madeRevision"
>;

/** Whether the open image may be changed, and if not, why. */
export type Access =
  | { readonly kind: "edit" }
  | { readonly kind: "viewer" }
  | { readonly kind: "taken"; readonly reason: string };

export interface OpenWork {
  readonly image: ImageItem;
  readonly assignment: Assignment | null;
  readonly access: Access;
  readonly revision: number;
  readonly model: ModelRef | null;
  readonly pictureError: string | null;
}

export interface WorkState {
  readonly phase: "loading" | "open" | "empty" | "failed";
  /** Stays on the screen while the next image loads. */
  readonly work: OpenWork | null;
  readonly error: unknown;
  readonly busy: boolean;
  /** How far the project is; null before the first answer. */
  readonly progress: Omit<QueueView, "upcoming"> | null;
  readonly upcoming: readonly ImageItem[];
  /** Images of this sitting, in the order they were opened. */
  readonly visited: readonly ImageItem[];
}

export interface SessionOptions {
  readonly project: string;
  readonly mode: "queue" | "browse";
  readonly mayEdit: boolean;
  readonly api: WorkApi;
  readonly saver: SaverPort;
  readonly stage: Stage;
}
