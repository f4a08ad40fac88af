/**
 * Sends what the outbox holds: soon after the last edit, again and again while the server is away, never twice at the
 * same time for one shape. What it says about itself (`SaveStatus`) is exactly what is true.
 */
import { ApiError } from "@/api/errors";
import { newUuid } from "./ids";
import type { Journal } from "./journal";
import {
  type BatchLimits,
  type Effects,
  Outbox,
  type RemoteChange,
  type Resolution,
} from "./outbox";
import type { Tabs } from "./tabs";
import { KEEPALIVE_BYTES, type Transport } from "./transport";
import type { Batch, Edit, Entry, OperationsAnswer } from "./types";

export const QUIET_MS = 400;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const CLAIM_EVERY_MS = 30_000;

const WHOLE: BatchLimits = { operations: 500, bytes: 1_000_000 };
const PARTING: BatchLimits = { operations: 500, bytes: KEEPALIVE_BYTES / 2 };

export interface SaveStatus {
  readonly phase: "saved" | "saving" | "offline" | "signed-out";
  /** Changes that are on their way or wait for the server. */
  readonly waiting: number;
  readonly conflicts: readonly Entry[];
  readonly parked: readonly Entry[];
  /** Whether waiting changes survive closing the tab. */
  readonly durable: boolean;
}

export interface SaverOptions {
  readonly user: number;
  readonly journal: Journal;
  readonly tabs: Tabs;
  readonly transport: Transport;
}

type Listener<T> = (value: T) => void;

export class Saver {
  readonly user: number;
  private readonly outbox: Outbox;
  private readonly revisions = new Map<string, number>();
  /** Revisions of images that saves of this page made. */
  private readonly own = new Map<string, Set<number>>();
  private readonly changed = new Set<Listener<void>>();
  private readonly acknowledgements = new Set<Listener<Effects["acknowledged"][number]>>();
  private readonly remotes = new Set<Listener<RemoteChange>>();
  private status: SaveStatus;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private claimer: ReturnType<typeof setInterval> | null = null;
  private trouble: "offline" | "signed-out" | null = null;
  private failures = 0;
  /** Counts sign-ins and returns of the network: what failed before the last one says nothing about now. */
  private era = 0;
  private durable: boolean;
  private lastSeq = 0;
  /** A batch that the server refused as a whole is sent piece by piece, to find the piece it refuses. */
  private readonly alone = new Set<string>();

  constructor(private readonly options: SaverOptions) {
    this.user = options.user;
    this.durable = options.journal.durable;
    this.outbox = new Outbox({
      user: options.user,
      tab: options.tabs.id,
      newId: newUuid,
      nextSeq: () => {
        this.lastSeq = Math.max(this.lastSeq + 1, Date.now() * 1000);
        return this.lastSeq;
      },
    });
    this.status = this.describe();
  }

  /** Takes over what earlier pages left behind and starts sending. */
  async start(): Promise<void> {
    await this.claim();
    this.claimer = setInterval(() => void this.claim(), CLAIM_EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.claimer !== null) clearInterval(this.claimer);
    this.timer = null;
    this.claimer = null;
  }

  // ── What pages use ────────────────────────────────────────────────────────────────────────────────────────────

  /** Keeps edits and sends them soon. They are in the journal before the browser gets to anything else. */
  record(image: string, edits: readonly Edit[]): void {
    if (edits.length === 0) return;
    this.apply(this.outbox.add(image, edits));
    if (this.trouble === null) this.sendAfter(QUIET_MS);
  }

  /** Sends at once; resolves to whether nothing of the image (or of any) waits any more. */
  async flush(image?: string): Promise<boolean> {
    if (this.trouble === "offline") this.trouble = null;
    await this.pump();
    return !this.waiting(image);
  }

  /** The page may be gone in a moment: sends what a browser lets outlive it; the journal keeps the rest. */
  leave(): void {
    if (this.trouble !== null) return;
    const batch = this.outbox.nextBatch(PARTING);
    if (batch !== null) void this.send(batch).then(() => this.sendAfter(0));
  }

  /** The network is back, or somebody signed in. */
  resume(): void {
    this.trouble = null;
    this.failures = 0;
    this.era += 1;
    this.publish();
    this.sendAfter(0);
  }

  /** What the server does not know yet about an image. */
  entriesOf(image: string): readonly Entry[] {
    return this.outbox.of(image);
  }

  /** Whether a shape has changes that the server has not confirmed. */
  concerns(subject: string): boolean {
    return this.outbox.concerns(subject);
  }

  /** The newest revision of an image that an answer to this page named; older answers know less. */
  revisionOf(image: string): number {
    return this.revisions.get(image) ?? 0;
  }

  /** Whether a save of this page made this revision, so that it holds nothing new. */
  madeRevision(image: string, revision: number): boolean {
    return this.own.get(image)?.has(revision) ?? false;
  }

  resolve(id: string, choice: Resolution): void {
    this.apply(this.outbox.resolve(id, choice));
    this.sendAfter(0);
  }

  retry(ids: readonly string[]): void {
    this.apply(this.outbox.retry(ids));
    this.sendAfter(0);
  }

  discard(ids: readonly string[]): void {
    this.apply(this.outbox.discard(ids));
  }

  readonly getStatus = (): SaveStatus => this.status;

  readonly subscribe = (listener: Listener<void>): (() => void) => listen(this.changed, listener);

  /** A shape has a new revision on the server. */
  onAcknowledged(listener: Listener<Effects["acknowledged"][number]>): () => void {
    return listen(this.acknowledgements, listener);
  }

  /** A conflict was settled: what the canvas has to take in. */
  onRemote(listener: Listener<RemoteChange>): () => void {
    return listen(this.remotes, listener);
  }

  // ── Sending ───────────────────────────────────────────────────────────────────────────────────────────────────

  private sendAfter(ms: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.trouble === "offline") this.trouble = null;
      void this.pump();
    }, ms);
  }

  private async pump(): Promise<void> {
    while (this.running !== null) await this.running;
    this.running = this.drain();
    try {
      await this.running;
    } finally {
      this.running = null;
      this.publish();
    }
  }

  private async drain(): Promise<void> {
    while (this.trouble === null) {
      const limits = this.alone.size > 0 ? { operations: 1, bytes: 1 } : WHOLE;
      const batch = this.outbox.nextBatch(limits);
      if (batch === null) return;
      this.publish();
      await this.send(batch);
    }
  }

  private async send(batch: Batch): Promise<void> {
    const { era } = this;
    try {
      if (batch.channel === "operations") await this.sendOperations(batch);
      else {
        const subjects = batch.entries.map((entry) => entry.subject);
        const undo = batch.channel === "unreject";
        await this.options.transport.reject(batch.image, subjects, undo);
        this.apply(this.outbox.confirmAll(batch));
      }
      for (const { id } of batch.entries) this.alone.delete(id);
    } catch (error) {
      this.outbox.returned(batch);
      if (era === this.era) this.failed(batch, error);
    }
  }

  private async sendOperations(batch: Batch): Promise<void> {
    const wire = batch.entries.map((entry) => this.outbox.toWire(entry));
    const answer: OperationsAnswer = await this.options.transport.operations(batch.image, wire);
    const { effects, unanswered } = this.outbox.settle(batch, answer.results);
    this.revisions.set(batch.image, Math.max(this.revisionOf(batch.image), answer.image_revision));
    if (answer.results.some(({ status }) => status === "applied"))
      this.own.set(
        batch.image,
        (this.own.get(batch.image) ?? new Set()).add(answer.image_revision),
      );
    this.apply(effects);
    if (unanswered > 0) this.pause("offline");
    else this.failures = 0;
  }

  private failed(batch: Batch, error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401) this.pause("signed-out");
    else if (!isFinal(status)) this.pause("offline");
    else if (batch.entries.length > 1) for (const { id } of batch.entries) this.alone.add(id);
    else {
      for (const { id } of batch.entries) this.alone.delete(id);
      const reason = error instanceof Error ? error.message : "The server refused this change.";
      this.apply(this.outbox.parkAll(batch, reason));
    }
  }

  private pause(trouble: "offline" | "signed-out"): void {
    this.trouble = trouble;
    if (trouble === "offline") {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** this.failures, LONGEST_RETRY_MS);
      this.failures += 1;
      this.sendAfter(wait);
    }
    this.publish();
  }

  private async claim(): Promise<void> {
    const { journal, tabs, user } = this.options;
    try {
      const found = await tabs.alone(async () => journal.claim(user, tabs.id, await tabs.alive()));
      this.outbox.adopt(found);
      // Later edits come after these, whatever the clock says.
      for (const { seq } of found) this.lastSeq = Math.max(this.lastSeq, seq);
      if (found.length > 0) this.sendAfter(0);
    } catch {
      this.durable = false;
    }
    this.publish();
  }

  // ── Telling ───────────────────────────────────────────────────────────────────────────────────────────────────

  private apply(effects: Effects): void {
    if (effects.put.length + effects.remove.length > 0) {
      this.options.journal.write(effects.put, effects.remove).catch(() => {
        this.durable = false;
        this.publish();
      });
    }
    for (const news of effects.acknowledged) for (const hear of this.acknowledgements) hear(news);
    for (const news of effects.remote) for (const hear of this.remotes) hear(news);
    this.publish();
  }

  private waiting(image?: string): boolean {
    const entries = image === undefined ? this.outbox.all() : this.outbox.of(image);
    return entries.some((entry) => entry.state === "waiting");
  }

  private publish(): void {
    const next = this.describe();
    if (sameStatus(next, this.status)) return;
    this.status = next;
    for (const hear of this.changed) hear();
  }

  private describe(): SaveStatus {
    const all = this.outbox.all();
    const waiting = all.filter((entry) => entry.state === "waiting").length;
    return {
      phase: this.trouble ?? (waiting > 0 ? "saving" : "saved"),
      waiting,
      conflicts: all.filter((entry) => entry.state === "conflict"),
      parked: all.filter((entry) => entry.state === "parked"),
      durable: this.durable,
    };
  }
}

/** Whether asking again with the same request can only give the same answer. */
const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);

function listen<T>(to: Set<Listener<T>>, listener: Listener<T>): () => void {
  to.add(listener);
  return () => {
    to.delete(listener);
  };
}

const sameList = (a: readonly Entry[], b: readonly Entry[]): boolean =>
  a.length === b.length && a.every((entry, at) => entry === b[at]);

const sameStatus = (a: SaveStatus, b: SaveStatus): boolean =>
  a.phase === b.phase &&
  a.waiting === b.waiting &&
  a.durable === b.durable &&
  sameList(a.conflicts, b.conflicts) &&
  sameList(a.parked, b.parked);
