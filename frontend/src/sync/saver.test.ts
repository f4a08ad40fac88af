import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryJournal } from "./journal";
import { overlay } from "./overlay";
import { QUIET_MS, Saver } from "./saver";
import type { Tabs } from "./tabs";
import { annotation, type Failure, FakeServer } from "./testing";
import type { Edit, SavedAnnotation } from "./types";

const fakeTabs = (id: string, alive: readonly string[] = [id]): Tabs => ({
  id,
  alive: async () => new Set(alive),
  alone: (work) => work(),
});

async function open(server: FakeServer, journal = new MemoryJournal(), tabs = fakeTabs("tab")) {
  const saver = new Saver({ user: 1, journal, tabs, transport: server });
  await saver.start();
  return saver;
}

const create = (id: string, change: Partial<SavedAnnotation> = {}): Edit => ({
  kind: "create",
  id,
  annotation: annotation(id, change),
});

const relabel = (id: string, revision: number, label: number): Edit => ({
  kind: "update",
  id,
  revision,
  patch: { label },
  annotation: annotation(id, { label, revision }),
});

const remove = (id: string, revision: number): Edit => ({ kind: "delete", id, revision });

const content = (shapes: readonly SavedAnnotation[]) =>
  new Map(shapes.map(({ id, label, attributes }) => [id, { label, attributes }]));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Saver", () => {
  it("sends once the hand rests, with the edits of a shape as one operation", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    saver.record("img", [create("a")]);
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    saver.record("img", [relabel("a", 0, 2)]);
    expect(saver.getStatus()).toMatchObject({ phase: "saving", waiting: 1 });
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(server.requests).toMatchObject([[{ type: "create", annotation: "a", label: 2 }]]);
    expect(saver.getStatus()).toMatchObject({ phase: "saved", waiting: 0 });
  });

  it("says nothing about a shape that came and went", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    saver.record("img", [create("a")]);
    saver.record("img", [remove("a", 0)]);
    await saver.flush();
    expect(server.requests).toEqual([]);
  });

  it("bases an edit made while its shape was on the way on the answer", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    const heard = vi.fn();
    saver.onAcknowledged(heard);
    saver.record("img", [create("a")]);
    const sending = saver.flush();
    saver.record("img", [relabel("a", 0, 5)]);
    await sending;
    await saver.flush();
    expect(server.requests[1]).toMatchObject([{ type: "update", base_revision: 1, label: 5 }]);
    expect(heard.mock.calls.map(([news]) => news.revision)).toEqual([1, 2]);
  });

  it("keeps edits while offline, says so, and sends them when the server is back", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    server.failure = () => "request-lost";
    saver.record("img", [create("a"), create("b")]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(saver.getStatus()).toMatchObject({ phase: "offline", waiting: 2 });
    server.failure = () => "none";
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saver.getStatus().phase).toBe("saved");
    expect(server.shapes().map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("waits for a sign-in instead of asking again and again", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    server.failure = () => "signed-out";
    saver.record("img", [create("a")]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(saver.getStatus()).toMatchObject({ phase: "signed-out", waiting: 1 });
    server.failure = () => "none";
    saver.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.shapes()).toHaveLength(1);
  });

  it("repeats an operation whose answer was lost under the same id, and it counts once", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    server.failure = () => "answer-lost";
    saver.record("img", [create("a")]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    server.failure = () => "none";
    // Sealed: this edit may not slip into the operation that the server has already.
    saver.record("img", [relabel("a", 0, 7)]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(server.applied).size).toBe(server.applied.length);
    expect(content(server.shapes()).get("a")?.label).toBe(7);
    expect(saver.getStatus().phase).toBe("saved");
  });

  it("knows which revisions of an image its own saves made, also when an answer was lost", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    saver.record("img", [create("a")]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect([saver.madeRevision("img", 1), saver.madeRevision("img", 2)]).toEqual([true, false]);
    expect(saver.madeRevision("other", 1)).toBe(false);
    server.failure = () => "answer-lost";
    saver.record("img", [create("b")]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    server.failure = () => "none";
    await vi.advanceTimersByTimeAsync(60_000);
    // A repeated answer names the newest revision, which may be somebody else's: it is looked at again.
    expect([saver.revisionOf("img"), saver.madeRevision("img", 2)]).toEqual([2, false]);
  });

  it("parks what the server will not take, and the others go through", async () => {
    const server = new FakeServer();
    server.archived.add(9);
    const saver = await open(server);
    saver.record("img", [create("a", { label: 9 }), create("b")]);
    await saver.flush();
    const { parked, phase } = saver.getStatus();
    expect([phase, parked.map((entry) => entry.reason)]).toEqual([
      "saved",
      ["This class was archived."],
    ]);
    expect(server.shapes().map(({ id }) => id)).toEqual(["b"]);
    saver.record("img", [relabel("a", 0, 2)]);
    await saver.flush();
    expect(saver.getStatus().parked).toEqual([]);
    expect(content(server.shapes()).get("a")?.label).toBe(2);
  });

  describe("when somebody else changed the same shape", () => {
    async function disagree() {
      const server = new FakeServer();
      const saver = await open(server);
      saver.record("img", [create("a")]);
      await saver.flush();
      server.change("a", { label: 4 });
      saver.record("img", [relabel("a", 1, 3)]);
      await saver.flush();
      const conflict = saver.getStatus().conflicts[0];
      if (conflict === undefined) throw new Error("No conflict was found.");
      return { server, saver, conflict };
    }

    it("holds both versions until a person decides", async () => {
      const { conflict } = await disagree();
      expect([conflict.mine?.label, conflict.theirs?.label]).toEqual([3, 4]);
    });

    it("keeps mine", async () => {
      const { server, saver, conflict } = await disagree();
      saver.resolve(conflict.id, "mine");
      await saver.flush();
      expect(content(server.shapes()).get("a")?.label).toBe(3);
      expect(saver.getStatus()).toMatchObject({ phase: "saved", conflicts: [] });
    });

    it("takes theirs", async () => {
      const { server, saver, conflict } = await disagree();
      const heard = vi.fn();
      saver.onRemote(heard);
      saver.resolve(conflict.id, "theirs");
      await saver.flush();
      expect(content(server.shapes()).get("a")?.label).toBe(4);
      expect(heard.mock.calls[0]?.[0].upserts[0]).toMatchObject({ id: "a", label: 4 });
    });

    it("keeps both", async () => {
      const { server, saver, conflict } = await disagree();
      saver.resolve(conflict.id, "both");
      await saver.flush();
      expect(
        server
          .shapes()
          .map(({ label }) => label)
          .sort(),
      ).toEqual([3, 4]);
    });

    it("keeps mine of a shape that they deleted as a new one", async () => {
      const server = new FakeServer();
      const saver = await open(server);
      saver.record("img", [create("a")]);
      await saver.flush();
      server.change("a", { deleted: true });
      saver.record("img", [relabel("a", 1, 3)]);
      await saver.flush();
      const [conflict] = saver.getStatus().conflicts;
      saver.resolve(conflict?.id ?? "", "mine");
      await saver.flush();
      expect(server.shapes().map(({ label }) => label)).toEqual([3]);
    });

    it("is no conflict when both did the same", async () => {
      const server = new FakeServer();
      const saver = await open(server);
      saver.record("img", [create("a")]);
      await saver.flush();
      server.change("a", { label: 3 });
      saver.record("img", [relabel("a", 1, 3)]);
      await saver.flush();
      expect(saver.getStatus()).toMatchObject({ phase: "saved", conflicts: [] });
    });
  });

  it("sends rejected suggestions, and says nothing of one that was taken back", async () => {
    const server = new FakeServer();
    const saver = await open(server);
    saver.record("img", [
      { kind: "reject", id: "p" },
      { kind: "reject", id: "q" },
      { kind: "unreject", id: "q" },
    ]);
    await saver.flush();
    saver.record("img", [{ kind: "unreject", id: "p" }]);
    expect([...server.rejected]).toEqual(["p"]);
    await saver.flush();
    expect([...server.rejected]).toEqual([]);
  });

  it("takes over the entries of a closed tab, and leaves those of an open one alone", async () => {
    const server = new FakeServer();
    server.failure = () => "request-lost";
    const journal = new MemoryJournal();
    const closed = await open(server, journal, fakeTabs("closed"));
    const other = await open(server, journal, fakeTabs("other", ["other", "closed"]));
    closed.record("img", [create("a")]);
    other.record("img", [create("b")]);
    closed.stop();
    const here = await open(server, journal, fakeTabs("here", ["here", "other"]));
    expect(here.entriesOf("img").map(({ subject }) => subject)).toEqual(["a"]);
  });

  it("finds the one bad operation of a batch that the server refuses as a whole", async () => {
    const { ApiError } = await import("@/api/errors");
    const server = new FakeServer();
    const good = server.operations.bind(server);
    server.operations = async (image, operations) => {
      if (operations.some(({ annotation: id }) => id === "bad"))
        throw new ApiError(400, "invalid", "This is not an operation.");
      return good(image, operations);
    };
    const saver = await open(server);
    saver.record("img", [create("a"), create("bad"), create("b")]);
    await saver.flush();
    expect(server.shapes().map(({ id }) => id)).toEqual(["a", "b"]);
    expect(saver.getStatus().parked.map(({ subject }) => subject)).toEqual(["bad"]);
  });
});

/** One step of a person in front of an unreliable server. */
type Step =
  | { readonly do: "draw" | "flush" | "reload" | "wait" }
  | {
      readonly do: "relabel" | "delete" | "bring back";
      readonly which: number;
      readonly label: number;
    };

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom("draw" as const, "flush" as const, "reload" as const, "wait" as const),
    }),
    fc.record({
      do: fc.constantFrom("relabel" as const, "delete" as const, "bring back" as const),
      which: fc.nat(20),
      label: fc.integer({ min: 1, max: 9 }),
    }),
  ),
  { maxLength: 40 },
);

const failures = fc.infiniteStream(
  fc.constantFrom<Failure>(
    "none",
    "none",
    "request-lost",
    "answer-lost",
    "error-500",
    "signed-out",
  ),
);

class Person {
  readonly shapes = new Map<string, SavedAnnotation>();
  private readonly deleted: SavedAnnotation[] = [];
  private made = 0;

  /** Applies a step to what is on the canvas and gives the edit to save. */
  edit(step: Step): Edit | null {
    if (step.do === "draw") {
      this.made += 1;
      const shape = annotation(`shape-${this.made}`);
      this.shapes.set(shape.id, shape);
      return { kind: "create", id: shape.id, annotation: shape };
    }
    if (!("which" in step)) return null;
    if (step.do === "bring back") {
      const shape = this.deleted.pop();
      if (shape === undefined) return null;
      this.shapes.set(shape.id, shape);
      const { id, revision } = shape;
      return revision > 0
        ? { kind: "restore", id, revision, annotation: shape }
        : { kind: "create", id, annotation: shape };
    }
    const chosen = [...this.shapes.values()][step.which % Math.max(this.shapes.size, 1)];
    return chosen === undefined ? null : this.change(chosen, step.do, step.label);
  }

  private change(shape: SavedAnnotation, how: "relabel" | "delete", label: number): Edit {
    const { id, revision } = shape;
    if (how === "delete") {
      this.shapes.delete(id);
      this.deleted.push(shape);
      return { kind: "delete", id, revision };
    }
    const next = { ...shape, label };
    this.shapes.set(id, next);
    return { kind: "update", id, revision, patch: { label }, annotation: next };
  }

  acknowledge(id: string, revision: number): void {
    const shape = this.shapes.get(id);
    if (shape !== undefined) this.shapes.set(id, { ...shape, revision });
  }

  /** A reload shows what the server has with the journal on top, and forgets the history. */
  reload(shapes: readonly SavedAnnotation[]): void {
    this.deleted.length = 0;
    this.shapes.clear();
    for (const shape of shapes) this.shapes.set(shape.id, shape);
  }
}

describe("whatever fails on the way", () => {
  it("every acknowledged change is there once and none is lost", async () => {
    await fc.assert(
      fc.asyncProperty(steps, failures, async (script, fate) => {
        vi.clearAllTimers();
        const server = new FakeServer();
        server.failure = () => fate.next().value ?? "none";
        const journal = new MemoryJournal();
        const person = new Person();
        let tab = 0;
        const start = async () => {
          tab += 1;
          const fresh = await open(server, journal, fakeTabs(`tab-${tab}`));
          fresh.onAcknowledged(({ subject, revision }) => person.acknowledge(subject, revision));
          return fresh;
        };
        let saver = await start();
        for (const step of script) {
          const edit = person.edit(step);
          if (edit !== null) saver.record("img", [edit]);
          if (step.do === "flush") void saver.flush();
          if (step.do === "wait") {
            saver.resume();
            await vi.advanceTimersByTimeAsync(500);
          }
          if (step.do === "reload") {
            saver.stop();
            saver = await start();
            person.reload(overlay(server.shapes(), saver.entriesOf("img")));
          }
        }
        server.failure = () => "none";
        saver.resume();
        await vi.advanceTimersByTimeAsync(120_000);
        saver.stop();
        expect(saver.getStatus()).toMatchObject({ phase: "saved", conflicts: [], parked: [] });
        expect(content(server.shapes())).toEqual(content([...person.shapes.values()]));
        expect(new Set(server.applied).size).toBe(server.applied.length);
      }),
      { numRuns: 200 },
    );
  });
});
