import type { ImageItem } from "@/api/types";
import type { Editor } from "@/canvas/editor";
import type { WireAnnotation, WirePrediction } from "@/canvas/geometry/wire";
import type { Mounted } from "@/canvas/render/mount";
import type { TileSource } from "@/canvas/render/tile-requests";
import type { ToolId } from "@/canvas/tools/tool";
import { addresses, type PictureCache } from "./picture-cache";
import { askForTiles, pictureTiles } from "./picture-tiles";
import type { Stage } from "./work-state";

interface ShownPicture {
  readonly image: string;
  readonly source: ImageBitmap;
  readonly tiles: TileSource | null;
}

/** The canvas engine and its pictures, as the session uses them. */
export class CanvasStage implements Stage {
  private mounted: Mounted | null = null;
  private picture: ShownPicture | null = null;
  private wanted = "";
  private soon: readonly string[] = [];
  private toolBefore: ToolId | null = null;
  private awaitsTiles = false;
  private readonly tilesStarted = new Set<string>();
  private readonly tileListeners = new Set<() => void>();

  constructor(
    private readonly editor: Editor,
    private readonly pictures: PictureCache,
  ) {}

  attach(mounted: Mounted): () => void {
    this.mounted = mounted;
    this.hand();
    return () => {
      this.mounted = null;
    };
  }

  show(
    image: ImageItem,
    annotations: readonly WireAnnotation[],
    predictions: readonly WirePrediction[],
  ): void {
    this.editor.load(image, annotations, predictions);
  }

  async paint(image: ImageItem): Promise<void> {
    this.wanted = image.id;
    const found = addresses(image);
    if (found === null) {
      this.picture = null;
      this.mounted?.renderer.setPicture(image.id, null);
      return;
    }
    const { first, sharp, tiles } = found;
    this.startTiles(image);
    const source = await this.pictures.get(first);
    if (this.wanted !== image.id) return;
    const parts = tiles === null ? null : pictureTiles(tiles, this.noteWaiting);
    this.put({ image: image.id, source, tiles: parts }, first);
    if (sharp !== null) void this.sharpen(image.id, sharp);
  }

  private async sharpen(image: string, url: string): Promise<void> {
    try {
      const source = await this.pictures.get(url);
      if (this.wanted === image) this.put({ image, source, tiles: null }, url);
    } catch {
      // The preview stays: it shows everything, only softer.
    }
  }

  private put(picture: ShownPicture, url: string): void {
    this.picture = picture;
    this.hand();
    this.pictures.show([url], this.soon);
  }

  private hand(): void {
    if (this.picture === null) return;
    const { image, source, tiles } = this.picture;
    this.mounted?.renderer.setPicture(image, source, tiles);
  }

  /** Whether the sharp parts of what is in view are still being made by the server. */
  readonly waitsForTiles = (): boolean => this.awaitsTiles;

  readonly watchTiles = (listener: () => void): (() => void) => {
    this.tileListeners.add(listener);
    return () => {
      this.tileListeners.delete(listener);
    };
  };

  private readonly noteWaiting = (on: boolean): void => {
    this.awaitsTiles = on;
    for (const listener of this.tileListeners) listener();
  };

  prepare(images: readonly ImageItem[]): void {
    this.soon = images.flatMap((image) => addresses(image)?.first ?? []);
    for (const url of this.soon) void this.pictures.get(url).catch(() => undefined);
    for (const image of images) this.startTiles(image);
  }

  /** Tiles are cut when they are first asked for: better before they are needed, but not again and again. */
  private startTiles({ id, tiles }: ImageItem): void {
    if (tiles === null || this.tilesStarted.has(id)) return;
    this.tilesStarted.add(id);
    askForTiles(tiles);
  }

  applyRemote(upserts: readonly WireAnnotation[], removed: readonly string[]): void {
    if (upserts.length + removed.length > 0) this.editor.applyRemote(upserts, removed);
  }

  /** Decisions of this page stay as they are, so that undo still finds them; only a new model starts afresh. */
  setSuggestions(predictions: readonly WirePrediction[]): void {
    const { document, suggestions } = this.editor.workspace;
    const here = [...document.store.all()].filter((record) => record.prediction);
    const known = new Set(here.map(({ id }) => id));
    if (predictions.some(({ id }) => !known.has(id))) {
      this.editor.setPredictions(predictions);
      return;
    }
    const there = new Set(predictions.map(({ id }) => id));
    const decidedElsewhere = here.filter(
      (record) => suggestions.isOpen(record) && !there.has(record.id),
    );
    this.applyRemote(
      [],
      decidedElsewhere.map(({ id }) => id),
    );
  }

  /** A tool stays chosen until somebody chooses another, also across an image that cannot be changed. */
  setEditable(editable: boolean): void {
    const { readOnly, tool } = this.editor.getSnapshot();
    if (readOnly === !editable) return;
    if (!editable) this.toolBefore = tool;
    this.editor.setReadOnly(!editable);
    if (editable && this.toolBefore !== null) this.editor.setTool(this.toolBefore);
  }

  shapes(): readonly { readonly id: string; readonly revision: number }[] {
    return this.editor.getSnapshot().shapes;
  }

  setFilter(filter: string): void {
    this.mounted?.renderer.setFilter(filter);
  }
}
