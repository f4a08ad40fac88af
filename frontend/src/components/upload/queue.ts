/**
 * The upload queue: which files wait, travel, arrived or failed, and nothing about React or HTTP.
 * A transport is handed in; the queue decides order, parallelism, retry and what may still be cancelled.
 */

export type UploadState = "waiting" | "sending" | "done" | "duplicate" | "failed" | "cancelled";

/** What the server made of one file. An archive holds many images. */
export interface Outcome {
  readonly created: number;
  readonly duplicates: number;
  /** Entries of an archive that were refused, each with its sentence. */
  readonly errors: readonly { readonly name: string; readonly detail: string }[];
}

export interface UploadItem {
  readonly id: number;
  /** The path as dropped: "night/001.jpg". */
  readonly path: string;
  readonly file: File;
  readonly state: UploadState;
  /** Bytes the server has. */
  readonly sent: number;
  readonly message: string;
  readonly outcome: Outcome | null;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

export type Transport = (item: UploadItem, options: SendOptions) => Promise<Outcome>;

export interface QueueOptions {
  readonly transport: Transport;
  readonly parallel?: number;
  /** Whether an error is worth another try by itself. */
  readonly isTransient?: (error: unknown) => boolean;
  readonly attempts?: number;
  /** Waits between attempts; handed in so that tests do not wait. */
  readonly pause?: (attempt: number) => Promise<void>;
}

const backOff = (attempt: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, Math.min(30_000, 500 * 2 ** attempt));
  });

/** Files on their way to the server. Subscribe for snapshots; a snapshot is never changed afterwards. */
export class UploadQueue {
  private items: readonly UploadItem[] = [];
  private readonly running = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private nextId = 1;
  private readonly options: Required<QueueOptions>;

  constructor(options: QueueOptions) {
    this.options = {
      parallel: 4,
      isTransient: () => false,
      attempts: 5,
      pause: backOff,
      ...options,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly snapshot = (): readonly UploadItem[] => this.items;

  add(files: readonly { readonly path: string; readonly file: File }[]): void {
    const fresh = files.map(
      ({ path, file }): UploadItem => ({
        id: this.nextId++,
        path,
        file,
        state: "waiting",
        sent: 0,
        message: "",
        outcome: null,
      }),
    );
    this.items = [...this.items, ...fresh];
    this.emit();
    this.pump();
  }

  /** Sends what failed or was cancelled once more. */
  retry(ids?: readonly number[]): void {
    const wanted = ids === undefined ? null : new Set(ids);
    this.items = this.items.map((item) =>
      (item.state === "failed" || item.state === "cancelled") && (wanted?.has(item.id) ?? true)
        ? { ...item, state: "waiting", sent: 0, message: "" }
        : item,
    );
    this.emit();
    this.pump();
  }

  /** Stops what waits or travels; what arrived stays. */
  cancel(ids?: readonly number[]): void {
    const wanted = ids === undefined ? null : new Set(ids);
    for (const item of this.items) {
      if (wanted !== null && !wanted.has(item.id)) continue;
      if (item.state !== "waiting" && item.state !== "sending") continue;
      this.update(item.id, { state: "cancelled", message: "Cancelled." });
      this.running.get(item.id)?.abort();
    }
  }

  /** Forgets everything that is over. */
  clear(): void {
    this.items = this.items.filter((item) => item.state === "waiting" || item.state === "sending");
    this.emit();
  }

  private emit(): void {
    for (const listener of this.listeners) listener();
  }

  private update(id: number, patch: Partial<UploadItem>): void {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...patch } : item));
    this.emit();
  }

  private pump(): void {
    while (this.running.size < this.options.parallel) {
      const next = this.items.find(
        (item) => item.state === "waiting" && !this.running.has(item.id),
      );
      if (next === undefined) return;
      void this.run(next);
    }
  }

  private async run(item: UploadItem): Promise<void> {
    const controller = new AbortController();
    this.running.set(item.id, controller);
    this.update(item.id, { state: "sending" });
    try {
      const outcome = await this.attempt(item, controller.signal);
      if (!controller.signal.aborted)
        this.update(item.id, { ...arrived(outcome), sent: item.file.size, outcome });
    } catch (error) {
      if (!controller.signal.aborted)
        this.update(item.id, {
          state: "failed",
          message: error instanceof Error ? error.message : "The upload failed.",
        });
    } finally {
      this.running.delete(item.id);
      this.pump();
    }
  }

  private async attempt(item: UploadItem, signal: AbortSignal): Promise<Outcome> {
    const { transport, attempts, isTransient, pause } = this.options;
    const onProgress = (sent: number) => {
      if (!signal.aborted) this.update(item.id, { sent });
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transport(item, { signal, onProgress });
      } catch (error) {
        if (signal.aborted || attempt >= attempts || !isTransient(error)) throw error;
        this.update(item.id, { message: "Waiting for the server …" });
        await pause(attempt);
        if (signal.aborted) throw error;
        this.update(item.id, { message: "" });
      }
    }
  }
}

function arrived(outcome: Outcome): Pick<UploadItem, "state" | "message"> {
  const { created, duplicates, errors } = outcome;
  if (created === 0 && duplicates === 0 && errors.length > 0)
    return { state: "failed", message: errors[0]?.detail ?? "The server refused this file." };
  if (created === 0 && duplicates > 0)
    return { state: "duplicate", message: "Already in this project." };
  return { state: "done", message: "" };
}

export interface Totals {
  readonly files: number;
  readonly finished: number;
  readonly failed: number;
  readonly active: boolean;
  readonly bytes: number;
  readonly sent: number;
  readonly created: number;
  readonly duplicates: number;
  readonly refused: number;
}

/** Sums for the head of the panel. */
export function totalsOf(items: readonly UploadItem[]): Totals {
  const sum = (pick: (item: UploadItem) => number) =>
    items.reduce((total, item) => total + pick(item), 0);
  const over = (item: UploadItem) => item.state !== "waiting" && item.state !== "sending";
  const counted = items.filter((item) => item.state !== "cancelled");
  return {
    files: counted.length,
    finished: counted.filter(over).length,
    failed: items.filter((item) => item.state === "failed").length,
    active: items.some((item) => !over(item)),
    bytes: counted.reduce((total, item) => total + item.file.size, 0),
    sent: counted.reduce((total, item) => total + (over(item) ? item.file.size : item.sent), 0),
    created: sum((item) => item.outcome?.created ?? 0),
    duplicates: sum((item) => item.outcome?.duplicates ?? 0),
    refused: sum((item) => item.outcome?.errors.length ?? 0),
  };
}
