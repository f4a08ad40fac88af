/** Decoded tiles of one picture; beyond the budget those unused for longest go first. */
import { type TileId, tileKey } from "../kernels/tiles";

interface Entry {
  readonly tile: TileId;
  readonly bitmap: ImageBitmap;
}

const bytesOf = (bitmap: ImageBitmap): number => bitmap.width * bitmap.height * 4;

export class TileCache {
  /** In order of use, the latest last. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(private readonly budget: number) {}

  has(tile: TileId): boolean {
    return this.entries.has(tileKey(tile));
  }

  all(): Entry[] {
    return [...this.entries.values()];
  }

  add(tile: TileId, bitmap: ImageBitmap): void {
    this.drop(tileKey(tile));
    this.entries.set(tileKey(tile), { tile, bitmap });
    this.bytes += bytesOf(bitmap);
  }

  /** Notes that these are in use, and keeps them whatever the budget says. */
  trim(used: readonly TileId[]): void {
    const keys = new Set(used.map(tileKey));
    for (const key of keys) {
      const entry = this.entries.get(key);
      if (entry === undefined) continue;
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    for (const key of this.entries.keys()) {
      if (this.bytes <= this.budget || keys.has(key)) return;
      this.drop(key);
    }
  }

  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.bytes -= bytesOf(entry.bitmap);
    entry.bitmap.close();
  }
}
