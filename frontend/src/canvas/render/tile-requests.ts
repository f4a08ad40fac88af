/** Fetches the tiles in view: few at once, the most wanted first, and patient while the server still cuts them. */
import { type TileGrid, type TileId, tileKey } from "../kernels/tiles";

/** The tiles of one picture, and where they come from. */
export interface TileSource extends TileGrid {
  /** Bytes of decoded tiles to keep. */
  readonly budget: number;
  /** Null: the server is still cutting the tiles. Rejects when there is none to be had. */
  load(tile: TileId, signal: AbortSignal): Promise<ImageBitmap | null>;
  /** Told when what is in view has to wait for the server to cut its tiles, and when that is over. */
  waiting(on: boolean): void;
}

const AT_ONCE = 6;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;
const PAUSE_GROWTH = 1.5;
/** A tile that failed is left alone for so long. */
const FAILED_MS = 30_000;

type Timer = ReturnType<typeof setTimeout>;

export class TileRequests {
  private readonly running = new Map<string, AbortController>();
  private readonly failed = new Set<string>();
  private wanted: readonly TileId[] = [];
  /** While the server cuts tiles, one at a time is asked for, after ever longer pauses. */
  private cutting = false;
  private pauseMs = FIRST_PAUSE_MS;
  private pause: Timer | null = null;
  private forgiveness: Timer | null = null;
  private told = false;

  constructor(
    private readonly source: TileSource,
    private readonly arrived: (tile: TileId, bitmap: ImageBitmap) => void,
  ) {}

  /** These and no others, in this order; tiles that are here already must not be among them. */
  want(tiles: readonly TileId[]): void {
    this.wanted = tiles;
    const keys = new Set(tiles.map(tileKey));
    this.abort((key) => !keys.has(key));
    this.fill();
    this.tell();
  }

  stop(): void {
    if (this.pause !== null) clearTimeout(this.pause);
    if (this.forgiveness !== null) clearTimeout(this.forgiveness);
    this.wanted = [];
    this.abort(() => true);
    this.tell();
  }

  private fill(): void {
    if (this.pause !== null) return;
    for (const tile of this.wanted) {
      if (this.running.size >= (this.cutting ? 1 : AT_ONCE)) return;
      const key = tileKey(tile);
      if (!this.running.has(key) && !this.failed.has(key)) this.start(tile, key);
    }
  }

  private start(tile: TileId, key: string): void {
    const abort = new AbortController();
    this.running.set(key, abort);
    /** False when nobody waits for this answer any more. */
    const settle = (): boolean => {
      if (this.running.get(key) !== abort) return false;
      return this.running.delete(key);
    };
    void this.source.load(tile, abort.signal).then(
      (bitmap) => {
        if (!settle()) bitmap?.close();
        else if (bitmap === null) this.rest();
        else this.take(tile, bitmap);
      },
      () => {
        if (settle()) this.fail(key);
      },
    );
  }

  private take(tile: TileId, bitmap: ImageBitmap): void {
    this.cutting = false;
    this.pauseMs = FIRST_PAUSE_MS;
    this.wanted = this.wanted.filter((other) => tileKey(other) !== tileKey(tile));
    this.arrived(tile, bitmap);
    this.fill();
    this.tell();
  }

  private fail(key: string): void {
    this.failed.add(key);
    this.forgiveness ??= setTimeout(() => {
      this.forgiveness = null;
      this.failed.clear();
      this.fill();
    }, FAILED_MS);
    if (this.cutting) this.rest();
    else this.fill();
  }

  /** Asks for nothing for a while, then for a single tile. */
  private rest(): void {
    this.cutting = true;
    this.abort(() => true);
    this.pause = setTimeout(() => {
      this.pause = null;
      this.fill();
    }, this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    this.tell();
  }

  private abort(which: (key: string) => boolean): void {
    for (const [key, abort] of this.running) {
      if (!which(key)) continue;
      this.running.delete(key);
      abort.abort();
    }
  }

  private tell(): void {
    const on = this.cutting && this.wanted.length > 0;
    if (on === this.told) return;
    this.told = on;
    this.source.waiting(on);
  }
}
