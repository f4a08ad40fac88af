import type { SavedShapes, Suggestions, WorkApi } from "../api/work";

export interface Bundle {
  readonly shapes: SavedShapes;
  readonly suggestions: Suggestions;
  /** False when it was fetched ahead and may have changed since. */
  readonly fresh: boolean;
}

interface Slot {
  readonly promise: Promise<Bundle>;
  /** Once it is here. */
  bundle: Bundle | null;
}

/** Shapes and suggestions of images that will be opened soon. */
export class Upcoming {
  private readonly slots = new Map<string, Slot>();

  constructor(private readonly api: Pick<WorkApi, "annotations" | "suggestions">) {}

  prepare(images: readonly string[]): void {
    for (const id of this.slots.keys()) if (!images.includes(id)) this.slots.delete(id);
    for (const id of images) if (!this.slots.has(id)) this.slots.set(id, this.start(id));
  }

  private start(image: string): Slot {
    const promise = this.fetch(image).then((fetched) => ({ ...fetched, fresh: false }));
    const slot: Slot = { promise, bundle: null };
    promise.then(
      (bundle) => {
        slot.bundle = bundle;
      },
      () => {
        if (this.slots.get(image) === slot) this.slots.delete(image);
      },
    );
    return slot;
  }

  /** What was fetched ahead and is here already; it stays for `take`. */
  ready(image: string): Bundle | null {
    return this.slots.get(image)?.bundle ?? null;
  }

  /** What was fetched ahead, or what the server says now. */
  async take(image: string): Promise<Bundle> {
    const ahead = this.slots.get(image);
    this.slots.delete(image);
    if (ahead !== undefined) {
      try {
        return await ahead.promise;
      } catch {
        // Asked again below, and then its failure counts.
      }
    }
    return this.fetch(image);
  }

  forget(image: string): void {
    this.slots.delete(image);
  }

  clear(): void {
    this.slots.clear();
  }

  private async fetch(image: string): Promise<Bundle> {
    const [shapes, suggestions] = await Promise.all([
      this.api.annotations(image),
      this.api.suggestions(image),
    ]);
    return { shapes, suggestions, fresh: true };
  }
}
