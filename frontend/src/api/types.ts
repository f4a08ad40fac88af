/** Shapes of the API as pages use them. */

export type Role = "owner" | "manager" | "reviewer" | "annotator" | "viewer";
export type Task = "detect" | "segment" | "classify";
export type ImageState = "new" | "in_progress" | "labelled" | "reviewed" | "skipped";
export type Split = "" | "train" | "val" | "test";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

/** Every list answers with one page and the cursor of the next. */
export interface Paginated<T> {
  readonly next: string | null;
  readonly results: readonly T[];
  /** On the first page of some lists. */
  readonly count?: number;
}

export interface User {
  readonly id: number;
  readonly username: string;
  readonly display_name: string;
  readonly email: string;
  readonly is_admin: boolean;
  readonly preferences: Readonly<Record<string, unknown>>;
  /** False after a one-time link, and for accounts without a password. */
  readonly needs_old_password: boolean;
}

export interface Session {
  readonly user: User | null;
  readonly version: string;
  readonly setup: { readonly demo_available: boolean };
  readonly training_available: boolean;
  readonly source_url: string;
}

export interface Counts {
  readonly images: number;
  readonly labelled: number;
  readonly reviewed: number;
  readonly annotations: number;
}

export interface ProjectSettings {
  readonly strip_position: boolean;
  readonly prediction_threshold: number;
  readonly lease_minutes: number;
  readonly review_required: boolean;
  readonly near_duplicate_bits: number;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly task: Task;
  readonly role: Role;
  readonly counts: Counts;
  readonly cover: readonly string[];
  readonly best_metric: { readonly name: string; readonly value: number } | null;
  readonly members: number;
  readonly is_demo: boolean;
  readonly schema_revision: number;
  readonly created_at: string;
  readonly settings: ProjectSettings;
}

export interface NextAction {
  readonly kind: string;
  readonly text: string;
}

export interface Activity {
  readonly id: number;
  readonly at: string;
  readonly actor: string | null;
  readonly text: string;
}

export interface Overview {
  readonly counts: Counts;
  readonly states: Readonly<Partial<Record<ImageState, number>>>;
  readonly splits: Readonly<Record<string, number>>;
  readonly labels: readonly {
    readonly id: number;
    readonly name: string;
    readonly color: string;
    readonly count: number;
    readonly images: number;
  }[];
  readonly labelled_per_day: readonly { readonly date: string; readonly count: number }[];
  readonly activity: readonly Activity[];
  readonly next_action: NextAction;
}

export interface Attribute {
  readonly name: string;
  readonly type: "text" | "number" | "select" | "checkbox";
  readonly values: readonly string[];
  readonly default: string | number | boolean | null;
  readonly required: boolean;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly hotkey: string;
  readonly parent: number | null;
  readonly position: number;
  readonly attributes: readonly Attribute[];
  readonly archived: boolean;
  readonly count: number;
}

export interface LabelSchema {
  readonly schema_revision: number;
  readonly labels: readonly Label[];
}

export interface Person {
  readonly id: number;
  readonly username: string;
  readonly display_name: string;
}

export interface Member {
  readonly user: Person;
  readonly role: Role;
  readonly created_at: string;
}

export interface Invitation {
  readonly id: string;
  readonly role: Role;
  readonly email: string;
  readonly expires_at: string;
  readonly created_at: string;
}

export interface ImageItem {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly split: Split;
  readonly priority: number;
  readonly priority_reason: string;
  readonly score: number | null;
  readonly annotation_count: number;
  readonly revision: number;
  readonly uploader: { readonly id: number; readonly name: string } | null;
  readonly created_at: string;
  readonly duplicate_of: string | null;
  readonly assigned_to: { readonly id: number; readonly name: string } | null;
  readonly thumb_url: string;
  readonly preview_url: string;
  readonly original_url: string;
  readonly bytes: number;
  readonly format: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** [label id, x, y, w, h] in image pixels, when the list was asked for it. */
  readonly boxes?: readonly (readonly [number, number, number, number, number])[];
}

export interface Job {
  readonly id: string;
  readonly project?: string;
  readonly kind: "import" | "export" | "unpack" | "demo";
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly message: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly error: string;
  readonly created_by: { readonly id: number; readonly name: string } | number | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** What the shell shows of a training or prediction run; the training pages know more. */
export interface RunSummary {
  readonly id: string;
  readonly kind: "train" | "predict";
  readonly name: string;
  readonly state: JobState;
  readonly progress: number;
  readonly status: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

export interface PluginInfo {
  readonly family: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly origin: string;
  readonly version: string;
  readonly target: string;
  readonly state: "ok" | "broken" | "shadowed";
  readonly error: string;
  readonly options_schema: Readonly<Record<string, unknown>> | null;
  readonly traits: Readonly<Record<string, unknown>>;
}

export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scope: "read" | "write" | "admin";
  readonly project: string | null;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly created_at: string;
  /** Only in the answer that made it. */
  readonly token?: string;
}

export interface AuditEvent {
  readonly id: number;
  readonly actor: Person | null;
  readonly action: string;
  readonly project: string | null;
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly at: string;
}

export interface AdminUser extends Omit<User, "preferences" | "needs_old_password"> {
  readonly is_active: boolean;
  readonly last_login: string | null;
  readonly date_joined: string;
}
