/**
 * The words of the save protocol. An *edit* is what happened on the canvas; an *entry* is the operation that tells the
 * server about it, kept in the journal of this browser until the server has answered.
 */

/** An annotation as the server sends it; the geometry is opaque here. */
export interface SavedAnnotation {
  id: string;
  label: number;
  geometry: { type: string };
  attributes: Record<string, unknown>;
  z_order: number;
  revision: number;
  source: string;
  score: number | null;
  prediction: string | null;
  created_by: number | null;
  updated_at: string | null;
}

/** The part of an annotation that an operation sets. */
export type Fields = Partial<
  Pick<
    SavedAnnotation,
    "label" | "geometry" | "attributes" | "z_order" | "source" | "score" | "prediction"
  >
>;

export type Edit =
  | { readonly kind: "create"; readonly id: string; readonly annotation: SavedAnnotation }
  | {
      readonly kind: "restore";
      readonly id: string;
      readonly revision: number;
      readonly annotation: SavedAnnotation;
    }
  | {
      readonly kind: "update";
      readonly id: string;
      /** The server's revision that the edit was made on; 0 while the server has not answered. */
      readonly revision: number;
      readonly patch: Fields;
      readonly annotation: SavedAnnotation;
    }
  | { readonly kind: "delete"; readonly id: string; readonly revision: number }
  /** A suggestion was turned down, or the refusal was taken back. */
  | { readonly kind: "reject" | "unreject"; readonly id: string };

export type EntryKind = Edit["kind"];

export interface Entry {
  /** Operation id; the server recognises a repeated one. */
  readonly id: string;
  /** Order of making. */
  readonly seq: number;
  readonly user: number;
  /** The tab that sends it. */
  readonly tab: string;
  readonly image: string;
  /** The annotation, or for `reject` and `unreject` the suggestion. */
  readonly subject: string;
  readonly kind: EntryKind;
  /** The revision it is based on; raised when an earlier entry of the subject is confirmed, null before the first. */
  readonly base: number | null;
  readonly fields: Fields;
  /** The whole shape as it looks here; null for a deleted one. */
  readonly mine: SavedAnnotation | null;
  readonly state: "waiting" | "conflict" | "parked";
  /** Conflict: the other side's version, null when they deleted it. */
  readonly theirs: SavedAnnotation | null;
  /** Parked: the server's sentence. */
  readonly reason: string;
}

/** One operation as it is sent. */
export interface WireOperation extends Fields {
  id: string;
  type: "create" | "update" | "delete" | "restore";
  annotation: string;
  base_revision?: number;
}

export interface OperationResult {
  readonly operation: string;
  readonly annotation: string;
  readonly status: "applied" | "repeated" | "conflict" | "invalid" | "missing";
  readonly code?: string | null;
  readonly detail?: string | null;
  readonly revision?: number | null;
  readonly current?: SavedAnnotation | null;
}

export interface OperationsAnswer {
  readonly image_revision: number;
  readonly results: readonly OperationResult[];
}

/** What a batch is about; suggestions have an endpoint of their own. */
export type Channel = "operations" | "reject" | "unreject";

export interface Batch {
  readonly image: string;
  readonly channel: Channel;
  readonly entries: readonly Entry[];
}
