/**
 * What this tab still has to tell the server, as pure state: edits go in, batches come out, answers are worked in.
 * Entries that were handed out once are sealed: their id and content never change again, because the server may
 * have them already. Later edits of the same shape wait behind them.
 */
import { allFields, alreadySaid, combine, fieldsOf } from "./combine";
import type {
  Batch,
  Channel,
  Edit,
  Entry,
  OperationResult,
  SavedAnnotation,
  WireOperation,
} from "./types";

export interface RemoteChange {
  readonly image: string;
  readonly upserts: readonly SavedAnnotation[];
  readonly removed: readonly string[];
}

/** What a step did: rows for the journal, news for the canvas. */
export interface Effects {
  readonly put: Entry[];
  readonly remove: string[];
  readonly acknowledged: { image: string; subject: string; revision: number }[];
  readonly remote: RemoteChange[];
}

export const noEffects = (): Effects => ({ put: [], remove: [], acknowledged: [], remote: [] });

export type Resolution = "mine" | "theirs" | "both";

export interface Owner {
  readonly user: number;
  readonly tab: string;
  readonly newId: () => string;
  /** Grows with every call, also across reloads. */
  readonly nextSeq: () => number;
}

export interface BatchLimits {
  readonly operations: number;
  /** Of JSON, roughly. */
  readonly bytes: number;
}

const channelOf = (entry: Entry): Channel =>
  entry.kind === "reject" || entry.kind === "unreject" ? entry.kind : "operations";

const wireSize = (entry: Entry): number => JSON.stringify(entry.fields).length + 200;

export class Outbox {
  private entries: Entry[] = [];
  private readonly sealed = new Set<string>();
  private readonly inFlight = new Set<string>();
  /** The revision that our own last acknowledged operation made. */
  private readonly known = new Map<string, number>();

  constructor(private readonly owner: Owner) {}

  all(): readonly Entry[] {
    return this.entries;
  }

  of(image: string): Entry[] {
    return this.entries.filter((entry) => entry.image === image);
  }

  /** Whether a shape has something that the server has not confirmed. */
  concerns(subject: string): boolean {
    return this.entries.some((entry) => entry.subject === subject);
  }

  /** Takes over entries of an earlier page or of a closed tab; they may have been sent already. */
  adopt(entries: readonly Entry[]): void {
    const here = new Set(this.entries.map((entry) => entry.id));
    for (const entry of entries) {
      if (here.has(entry.id)) continue;
      this.entries.push(entry);
      this.sealed.add(entry.id);
    }
    this.entries.sort((a, b) => a.seq - b.seq);
  }

  add(image: string, edits: readonly Edit[]): Effects {
    const effects = noEffects();
    for (const edit of edits) this.addOne(image, edit, effects);
    return effects;
  }

  private addOne(image: string, edit: Edit, effects: Effects): void {
    const before = this.entries.filter((entry) => entry.subject === edit.id);
    const entry = this.entryOf(image, edit, before.length > 0);
    const last = before.at(-1);
    const open = last !== undefined && (last.state !== "waiting" || !this.sealed.has(last.id));
    if (!open || last === undefined) {
      this.entries.push(entry);
      effects.put.push(entry);
      return;
    }
    this.replace(last, this.reopened(combine(last, entry)), effects);
  }

  /** An edit of a refused shape is a new attempt, with an id that the server has not answered yet. */
  private reopened(entry: Entry | null): Entry | null {
    if (entry === null || entry.state !== "parked") return entry;
    return { ...entry, id: this.owner.newId(), state: "waiting", reason: "" };
  }

  private entryOf(image: string, edit: Edit, follows: boolean): Entry {
    const { user, tab, newId, nextSeq } = this.owner;
    const known = this.known.get(edit.id) ?? 0;
    const revision = Math.max("revision" in edit ? edit.revision : 0, known);
    return {
      id: newId(),
      seq: nextSeq(),
      user,
      tab,
      image,
      subject: edit.id,
      ...this.saying(edit, follows, known),
      base: revision === 0 ? null : revision,
      mine: "annotation" in edit ? edit.annotation : null,
      state: "waiting",
      theirs: null,
      reason: "",
    };
  }

  /** A shape that the server has had before is brought back, not made again; one it never had is made, not changed. */
  private saying(edit: Edit, follows: boolean, known: number): Pick<Entry, "kind" | "fields"> {
    if (edit.kind === "create" && (follows || known > 0))
      return { kind: "restore", fields: fieldsOf(edit) };
    if (edit.kind === "update" && !follows && known === 0 && edit.revision === 0)
      return { kind: "create", fields: allFields(edit.annotation) };
    return { kind: edit.kind, fields: fieldsOf(edit) };
  }

  /** The next things to send for one image, oldest first, one per shape; null when all is sent or stuck. */
  nextBatch(limits: BatchLimits, image?: string): Batch | null {
    const first = this.sendable(image)[0];
    if (first === undefined) return null;
    const channel = channelOf(first);
    const chosen: Entry[] = [];
    let bytes = 0;
    for (const entry of this.sendable(first.image)) {
      if (channelOf(entry) !== channel) continue;
      bytes += wireSize(entry);
      if (chosen.length >= limits.operations || (bytes > limits.bytes && chosen.length > 0)) break;
      chosen.push(entry);
    }
    for (const { id } of chosen) {
      this.sealed.add(id);
      this.inFlight.add(id);
    }
    return { image: first.image, channel, entries: chosen };
  }

  private sendable(image: string | undefined): Entry[] {
    const behind = new Set<string>();
    return this.entries.filter((entry) => {
      const free = !behind.has(entry.subject);
      behind.add(entry.subject);
      return (
        free &&
        entry.state === "waiting" &&
        !this.inFlight.has(entry.id) &&
        (image === undefined || entry.image === image)
      );
    });
  }

  toWire(entry: Entry): WireOperation {
    const { id, kind, subject, fields } = entry;
    if (kind === "reject" || kind === "unreject")
      throw new Error("Suggestions are not operations.");
    const base = entry.base ?? this.known.get(subject) ?? 0;
    return {
      id,
      type: kind,
      annotation: subject,
      ...(kind === "create" || (kind === "restore" && base === 0) ? {} : { base_revision: base }),
      ...fields,
    };
  }

  /** The batch did not get through; it may be sent again as it is. */
  returned(batch: Batch): void {
    for (const { id } of batch.entries) this.inFlight.delete(id);
  }

  /** Works in the answer to a batch of operations. Returns also how many got no answer. */
  settle(
    batch: Batch,
    results: readonly OperationResult[],
  ): { effects: Effects; unanswered: number } {
    this.returned(batch);
    const effects = noEffects();
    const byId = new Map(results.map((result) => [result.operation, result]));
    let unanswered = 0;
    for (const sent of batch.entries) {
      const entry = this.entries.find((one) => one.id === sent.id);
      const result = byId.get(sent.id);
      if (entry === undefined) continue;
      if (result === undefined) unanswered += 1;
      else this.settleOne(entry, result, effects);
    }
    return { effects, unanswered };
  }

  private settleOne(entry: Entry, result: OperationResult, effects: Effects): void {
    const theirs = result.current ?? null;
    switch (result.status) {
      case "applied":
      case "repeated":
        this.confirm(entry, result.revision ?? null, effects);
        return;
      case "missing":
        if (entry.kind === "delete") this.confirm(entry, null, effects);
        else this.stick(entry, { state: "conflict", theirs: null }, effects);
        return;
      case "conflict":
        if (theirs !== null && entry.kind !== "delete" && alreadySaid(entry.fields, theirs)) {
          this.confirm(entry, theirs.revision, effects);
          if (!this.concerns(entry.subject))
            effects.remote.push({ image: entry.image, upserts: [theirs], removed: [] });
        } else this.stick(entry, { state: "conflict", theirs }, effects);
        return;
      case "invalid":
        this.stick(
          entry,
          { state: "parked", reason: result.detail ?? "The server did not accept this change." },
          effects,
        );
    }
  }

  /** Suggestions have no revisions: a good answer settles the whole batch. */
  confirmAll(batch: Batch): Effects {
    this.returned(batch);
    const effects = noEffects();
    for (const entry of batch.entries) this.confirm(entry, null, effects);
    return effects;
  }

  /** The server refused the request as a whole: nothing in it will ever be accepted as it is. */
  parkAll(batch: Batch, reason: string): Effects {
    this.returned(batch);
    const effects = noEffects();
    for (const entry of batch.entries) this.stick(entry, { state: "parked", reason }, effects);
    return effects;
  }

  private confirm(entry: Entry, revision: number | null, effects: Effects): void {
    this.replace(entry, null, effects);
    if (revision === null) return;
    this.known.set(entry.subject, revision);
    effects.acknowledged.push({ image: entry.image, subject: entry.subject, revision });
    const next = this.entries.find((one) => one.subject === entry.subject);
    if (next !== undefined && next.base !== revision)
      this.replace(next, { ...next, base: revision }, effects);
  }

  /** Puts an entry aside together with everything that was waiting behind it. */
  private stick(entry: Entry, why: Partial<Entry>, effects: Effects): void {
    const later = this.entries.filter(
      (one) => one.subject === entry.subject && one.id !== entry.id,
    );
    let whole: Entry | null = { ...entry, ...why };
    for (const next of later) {
      whole = whole === null ? next : combine(whole, next);
      this.replace(next, null, effects);
    }
    this.replace(entry, whole, effects);
  }

  /** Settles a conflict the way a person decided. */
  resolve(id: string, choice: Resolution): Effects {
    const effects = noEffects();
    const entry = this.entries.find((one) => one.id === id && one.state === "conflict");
    if (entry === undefined) return effects;
    const { image, subject, theirs, mine } = entry;
    if (choice === "mine" && theirs !== null) {
      this.replace(entry, this.insisting(entry, theirs), effects);
      return effects;
    }
    this.replace(entry, null, effects);
    const upserts = theirs === null ? [] : [theirs];
    const removed = theirs === null ? [subject] : [];
    if (choice !== "theirs" && mine !== null) {
      // Theirs keeps the id (or is gone for good); mine goes on as a shape of its own.
      const copy = { ...mine, id: this.owner.newId(), revision: 0 };
      this.addOne(image, { kind: "create", id: copy.id, annotation: copy }, effects);
      upserts.push(copy);
    }
    if (theirs !== null) this.known.set(subject, theirs.revision);
    effects.remote.push({ image, upserts, removed });
    return effects;
  }

  private insisting(entry: Entry, theirs: SavedAnnotation): Entry {
    return {
      ...entry,
      id: this.owner.newId(),
      kind: entry.kind === "delete" ? "delete" : "update",
      base: theirs.revision,
      state: "waiting",
      theirs: null,
    };
  }

  /** Tries refused changes again, for example after a class came back. */
  retry(ids: readonly string[]): Effects {
    const effects = noEffects();
    for (const id of ids) {
      const entry = this.entries.find((one) => one.id === id);
      if (entry?.state === "parked") this.replace(entry, this.reopened(entry), effects);
    }
    return effects;
  }

  /** Forgets refused changes, on the word of a person. */
  discard(ids: readonly string[]): Effects {
    const effects = noEffects();
    for (const id of ids) {
      const entry = this.entries.find((one) => one.id === id);
      if (entry?.state === "parked") this.replace(entry, null, effects);
    }
    return effects;
  }

  private replace(old: Entry, next: Entry | null, effects: Effects): void {
    const at = this.entries.findIndex((entry) => entry.id === old.id);
    if (next === null) this.entries.splice(at, 1);
    else this.entries[at] = next;
    if (next === null || next.id !== old.id) {
      effects.remove.push(old.id);
      this.sealed.delete(old.id);
    }
    const stale = effects.put.findIndex((entry) => entry.id === old.id);
    if (stale >= 0) effects.put.splice(stale, 1);
    if (next !== null) effects.put.push(next);
  }
}
