/** Tiles whose answers a test gives by hand. */
import { vi } from "vitest";
import { type TileId, tileKey } from "../kernels/tiles";
import type { TileSource } from "../render/tile-requests";

export const tileBitmap = (side = 512): ImageBitmap =>
  ({ width: side, height: side, close: vi.fn() }) as unknown as ImageBitmap;

/** What promises have to say after an answer. */
export const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

interface Answer {
  readonly resolve: (bitmap: ImageBitmap | null) => void;
  readonly reject: (error: Error) => void;
}

export class FakeTiles implements TileSource {
  readonly size = 512;
  readonly levels = 3;
  readonly waiting = vi.fn();
  /** Every request ever made, in order. */
  readonly asked: string[] = [];
  private readonly open = new Map<string, Answer>();

  constructor(readonly budget = 100 * 1024 * 1024) {}

  readonly load = (tile: TileId, signal: AbortSignal): Promise<ImageBitmap | null> => {
    const key = tileKey(tile);
    this.asked.push(key);
    return new Promise((resolve, reject) => {
      const answer = { resolve, reject };
      this.open.set(key, answer);
      signal.addEventListener("abort", () => {
        if (this.open.get(key) === answer) this.open.delete(key);
        reject(new DOMException("Aborted", "AbortError"));
      });
    });
  };

  /** Requests without an answer. */
  get running(): string[] {
    return [...this.open.keys()];
  }

  async answer(key: string, bitmap: ImageBitmap | null = tileBitmap()): Promise<void> {
    this.take(key).resolve(bitmap);
    await settled();
  }

  async fail(key: string): Promise<void> {
    this.take(key).reject(new Error("No."));
    await settled();
  }

  /** Answers until nothing is asked for any more. */
  async answerAll(): Promise<void> {
    for (let key = this.running[0]; key !== undefined; key = this.running[0])
      await this.answer(key);
  }

  private take(key: string): Answer {
    const answer = this.open.get(key);
    if (answer === undefined) throw new Error(`Nobody asked for ${key}.`);
    this.open.delete(key);
    return answer;
  }
}
