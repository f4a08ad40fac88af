/** Decoded pictures, so that the next image is there when its key is pressed. Least recently used ones go first. */
import type { ImageItem } from "@/api/types";

export interface Picture {
  readonly source: ImageBitmap;
  /** Whether a sharper version exists that was not loaded. */
  readonly preview: boolean;
}

export type Decode = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

export interface Addresses {
  readonly first: string;
  /** The picture itself, where the first is only its preview and browsers show it in one piece. */
  readonly sharp: string | null;
  /** Where they do not: its parts. */
  readonly tiles: NonNullable<ImageItem["tiles"]> | null;
}

/**
 * Small images are shown as they are; large ones as a preview first and sharp after a moment.
 * Null: only name and size are known, the picture itself is not here.
 */
export function addresses(image: ImageItem): Addresses | null {
  const { preview_url: first, sharp_url: sharp, tiles } = image;
  return first === null ? null : { first, sharp, tiles };
}

export const decodePicture: Decode = async (url, signal) => {
  const answer = await fetch(url, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error("The picture could not be loaded. Reload the page to try again.");
  return createImageBitmap(await answer.blob());
};

/** Bytes of decoded pictures to keep: less on small machines. */
export const pictureBudget = (): number => mebibytes(256);

/** The same for the tiles of the picture on the screen. */
export const tileBudget = (): number => mebibytes(96);

function mebibytes(count: number): number {
  const memory = "deviceMemory" in navigator ? Number(navigator.deviceMemory) : 8;
  return (memory <= 4 ? count / 2 : count) * 1024 * 1024;
}

interface Slot {
  readonly abort: AbortController;
  readonly promise: Promise<ImageBitmap>;
  bitmap: ImageBitmap | null;
}

const sizeOf = (bitmap: ImageBitmap): number => bitmap.width * bitmap.height * 4;

export class PictureCache {
  /** In order of use, the latest last. */
  private readonly slots = new Map<string, Slot>();
  /** What is on the screen is never thrown away. */
  private shown: ReadonlySet<string> = new Set();

  constructor(
    private readonly budget: number,
    private readonly decode: Decode = decodePicture,
  ) {}

  /** The decoded picture at an address; shared by all who ask. */
  get(url: string): Promise<ImageBitmap> {
    const slot = this.slots.get(url) ?? this.start(url);
    this.slots.delete(url);
    this.slots.set(url, slot);
    return slot.promise;
  }

  has(url: string): boolean {
    return (this.slots.get(url)?.bitmap ?? null) !== null;
  }

  /** Keeps these; stops loading what is neither shown nor wanted next. */
  show(urls: readonly string[], wanted: readonly string[] = []): void {
    this.shown = new Set(urls);
    const keep = new Set([...urls, ...wanted]);
    for (const [url, slot] of this.slots) {
      if (slot.bitmap === null && !keep.has(url)) {
        slot.abort.abort();
        this.slots.delete(url);
      }
    }
    this.trim();
  }

  clear(): void {
    this.shown = new Set();
    for (const slot of this.slots.values()) {
      slot.abort.abort();
      slot.bitmap?.close();
    }
    this.slots.clear();
  }

  private start(url: string): Slot {
    const abort = new AbortController();
    const slot: Slot = {
      abort,
      bitmap: null,
      promise: this.decode(url, abort.signal).then(
        (bitmap) => {
          if (this.slots.get(url) !== slot) return bitmap;
          slot.bitmap = bitmap;
          this.trim(url);
          return bitmap;
        },
        (error: unknown) => {
          if (this.slots.get(url) === slot) this.slots.delete(url);
          throw error;
        },
      ),
    };
    // Nobody may be waiting for a prefetch that fails.
    slot.promise.catch(() => undefined);
    this.slots.set(url, slot);
    return slot;
  }

  private trim(newest?: string): void {
    let bytes = 0;
    for (const { bitmap } of this.slots.values()) bytes += bitmap === null ? 0 : sizeOf(bitmap);
    for (const [url, { bitmap }] of this.slots) {
      if (bytes <= this.budget) return;
      if (bitmap === null || this.shown.has(url) || url === newest) continue;
      this.slots.delete(url);
      bytes -= sizeOf(bitmap);
      bitmap.close();
    }
  }
}
