export interface DatasetVersion {
  readonly id: string;
  readonly project?: string;
  readonly number: number;
  readonly name: string;
  readonly notes: string;
  readonly hash: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly labels: readonly {
    readonly id: number;
    readonly name: string;
    readonly color: string;
  }[];
  readonly counts: {
    readonly images?: number;
    readonly annotations?: number;
    readonly splits?: Readonly<Record<string, number>>;
    readonly labels?: Readonly<Record<string, number>>;
  };
  readonly created_by?: unknown;
  readonly created_at: string;
}

export interface ReportIssue {
  readonly code: string;
  readonly severity: string;
  readonly n: number;
  readonly samples?: readonly { readonly file?: string | null; readonly text?: string }[];
}

/** What an import job found or did, and what an export could not say. */
export interface Report {
  readonly format?: string;
  readonly confidence?: number;
  readonly reasons?: readonly string[];
  readonly counts?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly {
    readonly source: string;
    readonly n?: number;
    readonly target?: string | number | null;
  }[];
  readonly issues?: readonly ReportIssue[];
  readonly lossy?: readonly (
    | string
    | { readonly code: string; readonly count?: number; readonly text: string }
  )[];
  readonly name?: string;
  readonly bytes?: number;
}
