import type { SavedShapes, Suggestions, WorkApi } from "../api/work";

export interface Bundle {
  readonly shapes: SavedShapes;
  readonly suggestions: Suggestions;
  /** False when it was fetched ahead and may have changed since. */
  readonly fresh: boolean;
}

/** Shapes and suggestions of images that will be opened soon. */
export class Upcoming {
  private readonly bundles = new Map<string, Promise<Bundle>>();

  constructor(private readonly api: Pick<WorkApi, "annotations" | "suggestions">) {}

  prepare(images: readonly string[]): void {
    for (const id of this.bundles.keys()) if (!images.includes(id)) this.bundles.delete(id);
    for (const id of images) {
      if (this.bundles.has(id)) continue;
      const bundle = this.fetch(id).then((fetched) => ({ ...fetched, fresh: false }));
      bundle.catch(() => this.bundles.delete(id));
      this.bundles.set(id, bundle);
    }
  }

  /** What was fetched ahead, or what the server says now. */
  async take(image: string): Promise<Bundle> {
    const ahead = this.bundles.get(image);
    this.bundles.delete(image);
    if (ahead !== undefined) {
      try {
        return await ahead;
      } catch {
        // Asked again below, and then its failure counts.
      }
    }
    return this.fetch(image);
  }

  forget(image: string): void {
    this.bundles.delete(image);
  }

  clear(): void {
    this.bundles.clear();
  }

  private async fetch(image: string): Promise<Bundle> {
    const [shapes, suggestions] = await Promise.all([
      this.api.annotations(image),
      this.api.suggestions(image),
    ]);
    return { shapes, suggestions, fresh: true };
  }
}
