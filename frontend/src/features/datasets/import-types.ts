/** What import jobs found and did. */

export interface PlannedLabel {
  readonly source: string;
  readonly id: string | number | null;
  readonly n: number;
  readonly action: "use" | "create" | "ignore";
  readonly target: number | null;
  readonly name: string;
  readonly color: string;
  readonly why: string;
  readonly similar: readonly string[];
}

export interface Sample {
  readonly file?: string;
  readonly where?: string;
  readonly text: string;
}

export interface ImportIssue {
  readonly code: string;
  readonly severity: "info" | "warning" | "error" | "fatal";
  readonly n: number;
  readonly samples: readonly Sample[];
}

export interface Candidate {
  readonly format: string;
  readonly title: string;
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export interface Example {
  readonly name: string;
  readonly as?: string;
}

export type Fate = "new" | "matched" | "repeated" | "size_only" | "without_file";

/** Numbers by name; the dry run counts what is in the files, the import also what it did. */
export type ImportCounts = Readonly<Record<string, number>> & {
  readonly by_type: Readonly<Record<string, number>>;
  readonly by_split: Readonly<Record<string, number>>;
};

export interface ImportReport {
  readonly name?: string;
  readonly format: string;
  readonly confidence: number | null;
  readonly reasons: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly counts: ImportCounts;
  readonly examples: Readonly<Partial<Record<Fate, readonly Example[]>>>;
  readonly estimate: { readonly rows: number; readonly bytes: number };
  readonly labels: readonly PlannedLabel[];
  readonly issues: readonly ImportIssue[];
  readonly dry_run: boolean;
  readonly mode?: string;
  readonly token?: string;
  readonly undone?: boolean;
}

/** Why nothing was found out, with what the formats said. */
export interface ImportFailure {
  readonly failure?: {
    readonly code: string;
    readonly detail: string;
    readonly fields?: {
      readonly candidates?: readonly Candidate[];
      readonly issues?: readonly ImportIssue[];
    };
  };
}

export interface PlaceEntry {
  readonly name: string;
  readonly path: string;
  readonly folder: boolean;
}

export interface Places {
  readonly path: string;
  readonly parent: string | null;
  readonly entries: readonly PlaceEntry[];
  readonly more: boolean;
}
