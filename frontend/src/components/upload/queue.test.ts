import { describe, expect, it } from "vitest";
import { type Outcome, type SendOptions, totalsOf, type UploadItem, UploadQueue } from "./queue";

const NEW: Outcome = { created: 1, duplicates: 0, errors: [] };

interface Flight {
  readonly item: UploadItem;
  readonly options: SendOptions;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A transport whose answers the test gives by hand. */
function wire() {
  const flights: Flight[] = [];
  const transport = (item: UploadItem, options: SendOptions) =>
    new Promise<Outcome>((resolve, reject) => {
      flights.push({ item, options, resolve, reject });
      options.signal.addEventListener("abort", () => reject(new DOMException("x", "AbortError")));
    });
  const flight = (path: string) => {
    const found = flights.findLast((one) => one.item.path === path);
    if (found === undefined) throw new Error(`${path} was never sent`);
    return found;
  };
  return { flights, transport, flight };
}

const files = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File(["12345"], path) }));

const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

const states = (queue: UploadQueue) =>
  Object.fromEntries(queue.snapshot().map((item) => [item.path, item.state]));

describe("UploadQueue", () => {
  it("keeps as many on the way as it may, and goes on when one arrives", async () => {
    const { transport, flight, flights } = wire();
    const queue = new UploadQueue({ transport, parallel: 2 });
    queue.add(files("a", "b", "c"));
    expect(states(queue)).toEqual({ a: "sending", b: "sending", c: "waiting" });
    flight("a").resolve(NEW);
    await settle();
    expect(states(queue)).toEqual({ a: "done", b: "sending", c: "sending" });
    expect(flights).toHaveLength(3);
  });

  it("says that a file was there already, and what an archive could not give", async () => {
    const { transport, flight } = wire();
    const queue = new UploadQueue({ transport });
    queue.add(files("same.jpg", "broken.jpg", "set.zip"));
    flight("same.jpg").resolve({ created: 0, duplicates: 1, errors: [] });
    flight("broken.jpg").resolve({
      created: 0,
      duplicates: 0,
      errors: [{ name: "broken.jpg", detail: "This is not an image." }],
    });
    flight("set.zip").resolve({
      created: 7,
      duplicates: 2,
      errors: [{ name: "notes.txt", detail: "This is not an image." }],
    });
    await settle();
    expect(queue.snapshot().map((item) => [item.state, item.message])).toEqual([
      ["duplicate", "Already in this project."],
      ["failed", "This is not an image."],
      ["done", ""],
    ]);
    expect(totalsOf(queue.snapshot())).toMatchObject({
      created: 7,
      duplicates: 3,
      refused: 2,
      failed: 1,
      active: false,
    });
  });

  it("tries again by itself when the connection failed, and gives up after its attempts", async () => {
    const sent: number[] = [];
    const queue = new UploadQueue({
      transport: async () => {
        sent.push(1);
        throw new Error("No connection.");
      },
      isTransient: () => true,
      attempts: 3,
      pause: async () => {},
    });
    queue.add(files("a"));
    await settle();
    expect(sent).toHaveLength(3);
    expect(queue.snapshot()[0]).toMatchObject({ state: "failed", message: "No connection." });
  });

  it("does not repeat what the server refused, until asked", async () => {
    const { transport, flight, flights } = wire();
    const queue = new UploadQueue({ transport });
    queue.add(files("a"));
    flight("a").reject(new Error("Too large."));
    await settle();
    expect(flights).toHaveLength(1);
    queue.retry();
    flight("a").resolve(NEW);
    await settle();
    expect(flights).toHaveLength(2);
    expect(states(queue)).toEqual({ a: "done" });
  });

  it("cancels what waits and what travels, not what arrived", async () => {
    const { transport, flight } = wire();
    const queue = new UploadQueue({ transport, parallel: 2 });
    queue.add(files("a", "b", "c"));
    flight("a").resolve(NEW);
    await settle();
    queue.cancel();
    await settle();
    expect(states(queue)).toEqual({ a: "done", b: "cancelled", c: "cancelled" });
    expect(flight("b").options.signal.aborted).toBe(true);
    queue.clear();
    expect(queue.snapshot()).toEqual([]);
  });

  it("counts bytes as they travel", () => {
    const { transport, flight } = wire();
    const queue = new UploadQueue({ transport });
    const seen: number[] = [];
    queue.subscribe(() => seen.push(totalsOf(queue.snapshot()).sent));
    queue.add(files("a", "b"));
    flight("a").options.onProgress(3);
    expect(seen.at(-1)).toBe(3);
    expect(totalsOf(queue.snapshot())).toMatchObject({ files: 2, finished: 0, bytes: 10 });
  });
});
