import type { ImageState } from "@/api/types";

export type RoundState = "selecting" | "open" | "done" | "failed";

export interface Round {
  readonly id: string;
  readonly project: string;
  readonly number: number;
  readonly state: RoundState;
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly size: number;
  readonly pool_size: number;
  readonly model: { readonly id: string; readonly number: number } | null;
  readonly progress?: number;
  readonly message?: string;
  readonly error?: string;
  readonly counts?: { readonly picked: number; readonly labelled: number };
  readonly created_at: string;
  readonly ended_at: string | null;
}

export interface Pick {
  readonly image: {
    readonly id: string;
    readonly name: string;
    readonly state: ImageState;
    readonly thumb_url: string | null;
    readonly width: number;
    readonly height: number;
  };
  readonly rank: number;
  readonly score: number;
  readonly kind: string;
  readonly reason: string;
}

export interface RoundDetail extends Round {
  readonly picks: readonly Pick[];
}

export interface CurvePoint {
  readonly model: string;
  readonly number: number;
  readonly labelled_images: number;
  readonly labelled_objects: number;
  readonly metric: string;
  readonly value: number;
  readonly created_at: string;
}

export interface LearningCurve {
  readonly points: readonly CurvePoint[];
}

export interface Acceptance {
  readonly model: { readonly id: string; readonly number: number };
  readonly accepted: number;
  readonly edited: number;
  readonly rejected: number;
  readonly pending: number;
}
