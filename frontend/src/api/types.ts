/**
 * Shapes of the API as pages use them: the generated ones, read-only, and narrower where the schema cannot say it.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** A component of the OpenAPI document, as it comes over the wire. */
export type Wire<Name extends keyof Schemas> = DeepReadonly<Schemas[Name]>;

/** `T` with some members of another type. */
type Narrow<T, Members extends { [Key in keyof Members]: unknown }> = Omit<T, keyof Members> &
  Readonly<Members>;

/** Every list answers with one page and the cursor of the next. */
export interface Paginated<T> {
  readonly next: string | null;
  readonly results: readonly T[];
  /** On the first page of some lists. */
  readonly count?: number;
  /** Counting stopped there: there are at least so many. */
  readonly count_capped?: boolean;
}

export type Session = Wire<"Session">;
export type User = Wire<"User">;
export type AdminUser = Wire<"Account">;
/** Who somebody is, in lists of people. */
export type Person = Wire<"UserSummary">;

export type Project = Wire<"Project">;
export type Role = Project["role"];
export type Task = Project["task"];
export type Counts = Project["counts"];
export type ProjectSettings = Project["settings"];

export type Overview = Wire<"Overview">;
export type NextAction = Overview["next_action"];
export type Activity = Overview["activity"][number];

/** A question asked about every object of a class. */
export type Attribute = Narrow<
  Wire<"Attribute">,
  { values: readonly string[]; default: string | number | boolean | null }
>;
type SkeletonField = "keypoints" | "skeleton" | "stuff";
export type Label = Omit<Wire<"Label">, "attributes" | SkeletonField> & {
  readonly attributes: readonly Attribute[];
} & Readonly<Partial<Pick<Wire<"Label">, SkeletonField>>>;
export type LabelSchema = Narrow<Wire<"LabelSchema">, { labels: readonly Label[] }>;

export type Member = Wire<"Member">;
export type Invitation = Wire<"Invitation">;

/** [label id, x, y, w, h] in image pixels. */
export type LabelledBox = readonly [number, number, number, number, number];
export type ImageItem = Omit<Wire<"Image">, "boxes"> & { readonly boxes?: readonly LabelledBox[] };
export type ImageState = ImageItem["state"];
export type Split = ImageItem["split"];

export type Job = Narrow<Wire<"Job">, { parameters: Readonly<Record<string, unknown>> }>;
export type Source = Narrow<Wire<"Source">, { options: Readonly<Record<string, unknown>> }>;
export type JobState = Job["state"];

/** What the shell shows of a training or prediction run; the training pages know more. */
export type RunSummary = Pick<
  Wire<"Run">,
  "id" | "project" | "kind" | "name" | "state" | "progress" | "created_at"
> & { readonly status: Readonly<Record<string, unknown>> };

export type PluginInfo = Wire<"Plugin">;
export type AccessToken = Wire<"Token">;
export type AuditEvent = Narrow<Wire<"AuditEvent">, { detail: Readonly<Record<string, unknown>> }>;
