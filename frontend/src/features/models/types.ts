export interface Model {
  readonly id: string;
  readonly project: string;
  readonly number: number;
  readonly name: string;
  readonly run: string | null;
  readonly backend: string;
  readonly task: string;
  readonly labels: readonly { readonly id: number; readonly name: string }[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly labelled_images: number;
  readonly labelled_objects: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly created_at: string;
  readonly provenance?: Readonly<Record<string, unknown>>;
}

export interface ClassRow {
  readonly name: string;
  readonly images?: number;
  readonly instances?: number;
  readonly precision?: number | null;
  readonly recall?: number | null;
  readonly map50?: number | null;
  readonly map50_95?: number | null;
  readonly accuracy?: number | null;
}

type Curve = readonly (readonly [number, number])[];

export interface Shape {
  readonly label: string;
  readonly geometry: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly score?: number | null;
}

export interface WorstImage {
  readonly image: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly score: number;
  readonly reason: string;
  readonly thumb_url: string | null;
  readonly preview_url: string | null;
  readonly truth: readonly Shape[];
  readonly predicted: readonly Shape[];
}

export interface Report {
  readonly split: string;
  readonly overall: Readonly<Record<string, number | null>>;
  readonly classes: readonly ClassRow[];
  readonly curves: Readonly<Record<string, Readonly<Record<string, Curve>>>>;
  readonly confusion: {
    readonly labels: readonly string[];
    readonly matrix: readonly (readonly number[])[];
  } | null;
  readonly worst: readonly WorstImage[];
}
