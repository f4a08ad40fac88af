import type { JobState } from "@/api/types";
import type { JsonSchema } from "@/components/schema-form/schema";

export interface WeightsChoice {
  readonly name: string;
  readonly title: string;
  readonly task: string;
  readonly available: boolean;
  readonly downloadable: boolean;
  readonly note: string;
}

export interface Backend {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly tasks: readonly string[];
  readonly available: boolean;
  readonly error: string;
  readonly architectures: Readonly<Record<string, readonly string[]>>;
  readonly options_schema: JsonSchema;
  readonly weights: readonly WeightsChoice[];
  /** Values that fit this machine and data. */
  readonly suggested_options?: Readonly<Record<string, unknown>>;
}

export interface Device {
  readonly host: string;
  readonly device: string;
  readonly description: string;
  readonly busy_run: string | null;
}

/** What can be trained here and now. */
export interface TrainingSetup {
  readonly labelled_images: number;
  readonly labels: readonly { readonly name: string; readonly count: number }[];
  readonly warnings: readonly string[];
  readonly backends: readonly Backend[];
  readonly devices: readonly Device[];
}

/** Live values of a run; each is missing until it is known. */
export interface RunStatus {
  readonly phase?: string;
  readonly message?: string;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly batches?: number;
  readonly done?: number;
  readonly total?: number;
  readonly images_per_s?: number;
  readonly seconds_left?: number | null;
  readonly losses?: Readonly<Record<string, number>>;
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface Run {
  readonly id: string;
  readonly project: string;
  readonly kind: "train" | "predict";
  readonly name: string;
  readonly state: JobState;
  readonly backend: string;
  readonly task: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly weights: string;
  readonly seed: number;
  readonly version: { readonly id: string; readonly number: number; readonly name: string } | null;
  readonly model: { readonly id: string; readonly number: number } | null;
  /** The model that a training run left. */
  readonly trained: { readonly id: string; readonly number: number } | null;
  readonly stop_requested: "" | "finish" | "cancel";
  readonly attempt: number;
  readonly device: string;
  readonly progress: number;
  readonly status: RunStatus;
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
  readonly error: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface RunEvent {
  readonly id: number;
  readonly attempt: number;
  readonly kind: "metrics" | "log" | "state";
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
}
