/** A server that keeps annotations in memory and can be as unreliable as a real one. Only for tests. */
import { ApiError, NetworkError } from "@/api/errors";
import type { Transport } from "./transport";
import type { OperationResult, OperationsAnswer, SavedAnnotation, WireOperation } from "./types";

export type Failure = "none" | "request-lost" | "answer-lost" | "error-500" | "signed-out";

export const annotation = (id: string, change: Partial<SavedAnnotation> = {}): SavedAnnotation => ({
  id,
  label: 1,
  geometry: { type: "tag" },
  attributes: {},
  z_order: 0,
  revision: 0,
  source: "manual",
  score: null,
  prediction: null,
  created_by: null,
  updated_at: null,
  ...change,
});

interface Row extends SavedAnnotation {
  deleted: boolean;
}

export class FakeServer implements Transport {
  readonly rows = new Map<string, Row>();
  readonly rejected = new Set<string>();
  /** Every operation id that changed something, as often as it did. */
  readonly applied: string[] = [];
  readonly requests: WireOperation[][] = [];
  readonly archived = new Set<number>();
  /** Called for every request. */
  failure: () => Failure = () => "none";
  private readonly answers = new Map<string, OperationResult>();
  private revision = 0;

  shapes(): SavedAnnotation[] {
    return [...this.rows.values()]
      .filter((row) => !row.deleted)
      .map(({ deleted: _, ...rest }) => rest);
  }

  /** Somebody else saves something. */
  change(id: string, change: Partial<Row>): void {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`The server has no ${id}.`);
    this.rows.set(id, { ...row, ...change, revision: row.revision + 1 });
  }

  async operations(
    _image: string,
    operations: readonly WireOperation[],
  ): Promise<OperationsAnswer> {
    return this.unreliably(() => {
      this.requests.push([...operations]);
      const results = operations.map((operation) => this.answerTo(operation));
      return { image_revision: this.revision, results };
    });
  }

  async reject(_image: string, predictions: readonly string[], undo: boolean): Promise<null> {
    return this.unreliably(() => {
      for (const id of predictions) undo ? this.rejected.delete(id) : this.rejected.add(id);
      return null;
    });
  }

  private async unreliably<T>(work: () => T): Promise<T> {
    const failure = this.failure();
    await Promise.resolve();
    if (failure === "request-lost") throw new NetworkError();
    if (failure === "signed-out") throw new ApiError(401, "not_signed_in", "You are signed out.");
    const answer = work();
    if (failure === "answer-lost") throw new NetworkError();
    if (failure === "error-500") throw new ApiError(500, "error", "The server failed.");
    return answer;
  }

  private answerTo(operation: WireOperation): OperationResult {
    const before = this.answers.get(operation.id);
    if (before !== undefined) return { ...before, status: "repeated" };
    const result = this.apply(operation);
    if (result.status === "applied") {
      this.applied.push(operation.id);
      this.answers.set(operation.id, result);
      this.revision += 1;
    }
    return result;
  }

  private apply(operation: WireOperation): OperationResult {
    const { id, type, annotation: subject, base_revision, ...fields } = operation;
    const answer = { operation: id, annotation: subject };
    const row = this.rows.get(subject);
    if (fields.label !== undefined && this.archived.has(fields.label))
      return { ...answer, status: "invalid", detail: "This class was archived." };
    if (type === "create") {
      if (row !== undefined) return { ...answer, status: "conflict", current: row };
      this.rows.set(subject, { ...annotation(subject), ...fields, revision: 1, deleted: false });
      return { ...answer, status: "applied", revision: 1 };
    }
    if (row === undefined) return { ...answer, status: "missing", current: null };
    if (type === "restore") return this.store(answer, { ...row, ...fields, deleted: false });
    if (row.deleted) return { ...answer, status: "missing", current: null };
    if (row.revision !== base_revision) return { ...answer, status: "conflict", current: row };
    return this.store(answer, { ...row, ...fields, deleted: type === "delete" });
  }

  private store(answer: { operation: string; annotation: string }, row: Row): OperationResult {
    const next = { ...row, revision: row.revision + 1 };
    this.rows.set(row.id, next);
    return { ...answer, status: "applied", revision: next.revision };
  }
}
