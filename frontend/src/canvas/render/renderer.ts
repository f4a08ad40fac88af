/**
 * Draws an editor on three stacked canvases: image, committed shapes, live overlay. Pull-based: any change asks for
 * one frame; the frame compares what it needs to draw with what it drew last.
 */
import type { Editor } from "../editor";
import { unionBox } from "../geometry/box";
import type { Box, Geometry } from "../geometry/types";
import type { Camera } from "../kernels/camera";
import { shapeUtil } from "../shapes/registry";
import type { DrawView } from "../shapes/shape-util";
import { ImageLayer } from "./image-layer";
import { OverlayLayer } from "./overlay-layer";
import { ShapesLayer } from "./shapes-layer";
import { pixelRatio, type Surface } from "./surface";
import type { TileSource } from "./tile-requests";
import { drawView, Scratch } from "./view";

/** Rasters faster than this follow the camera in every frame; slower ones are moved and redrawn when it rests. */
const DIRECT_BELOW_MS = 6;
const REST_MS = 80;

const NONE: object = {};

export interface FrameStats {
  /** Milliseconds of script for the last frame and for the last complete raster of the shapes. */
  readonly frame: number;
  readonly raster: number;
}

interface Picture {
  readonly imageId: string;
  readonly source: CanvasImageSource;
  readonly tiles: TileSource | null;
}

export class Renderer {
  private readonly image: ImageLayer;
  private readonly shapes: ShapesLayer;
  private readonly overlay: OverlayLayer;
  private readonly scratch: Scratch;
  private readonly stops: (() => void)[] = [];
  private picture: Picture | null = null;
  private ratio = 1;
  private frameRequest = 0;
  private restTimer: ReturnType<typeof setTimeout> | null = null;
  private drawnImage = "";
  private drawnLook = "";
  private rasterCamera: Camera | null = null;
  private drawnLifted: ReadonlySet<string> = new Set();
  private dirty: Box | "all" | null = "all";
  private stats: FrameStats = { frame: 0, raster: 0 };

  constructor(
    host: HTMLElement,
    private readonly editor: Editor,
  ) {
    const { workspace, toolbox } = editor;
    this.scratch = new Scratch(host.ownerDocument);
    this.image = new ImageLayer(host, () => {
      this.drawnImage = "";
      this.request();
    });
    this.shapes = new ShapesLayer(host, workspace);
    this.overlay = new OverlayLayer(host, workspace, toolbox);
    this.stops.push(
      editor.invalidated.subscribe(() => this.request()),
      workspace.document.store.changes.subscribe(({ diff }) => {
        for (const record of [...diff.added.values(), ...diff.removed.values()])
          this.soil(record.geometry);
        for (const { from, to } of diff.updated.values()) {
          this.soil(from.geometry);
          this.soil(to.geometry);
        }
      }),
    );
  }

  get lastFrame(): FrameStats {
    return this.stats;
  }

  /** The picture of an image; it is shown while that image is open. Null shows nothing. Tiles are drawn over it. */
  setPicture(
    imageId: string,
    source: CanvasImageSource | null,
    tiles: TileSource | null = null,
  ): void {
    this.picture = source === null ? null : { imageId, source, tiles };
    this.drawnImage = "";
    this.request();
  }

  /** A CSS filter for the picture alone. */
  setFilter(filter: string): void {
    this.image.setFilter(filter);
  }

  /** Takes over the size of the host (CSS pixels) and the screen's density. */
  resize(width: number, height: number, density: number): void {
    this.ratio = pixelRatio(density, { width, height });
    const size = {
      width: Math.max(1, Math.round(width * this.ratio)),
      height: Math.max(1, Math.round(height * this.ratio)),
    };
    for (const surface of this.surfaces) surface.resize(size.width, size.height);
    this.shapes.setRatio(this.ratio);
    this.overlay.setRatio(this.ratio);
    this.dirty = "all";
    this.drawnImage = "";
    this.editor.setViewport({ width, height });
    // Resizing a canvas empties it: without drawing at once, the picture would flicker.
    this.drawNow();
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.frameRequest);
    if (this.restTimer !== null) clearTimeout(this.restTimer);
    this.image.remove();
    for (const surface of this.surfaces) surface.remove();
  }

  /** Draws what is outstanding without waiting for the next frame. */
  drawNow(): void {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = 0;
    const start = performance.now();
    const { camera } = this.editor.workspace.view;
    const view = drawView(camera, this.ratio, this.overlay.surface.size, this.scratch);
    this.drawImage(view);
    this.drawShapes(view, camera);
    this.overlay.draw(view);
    this.stats = { ...this.stats, frame: performance.now() - start };
  }

  private get surfaces(): Surface[] {
    return [this.image.surface, this.shapes.surface, this.overlay.surface];
  }

  private request(): void {
    if (this.frameRequest !== 0) return;
    this.frameRequest = requestAnimationFrame(() => {
      this.frameRequest = 0;
      this.drawNow();
    });
  }

  private drawImage(view: DrawView): void {
    const { imageId } = this.editor.getSnapshot();
    const picture = this.picture?.imageId === imageId ? this.picture : null;
    const key = `${imageId}:${picture !== null}:${view.scale}:${view.dx}:${view.dy}`;
    if (key === this.drawnImage) return;
    this.image.setSource(picture?.source ?? null, picture?.tiles ?? null);
    this.drawnImage = key;
    this.image.draw(view, this.editor.workspace.size);
  }

  private drawShapes(view: DrawView, camera: Camera): void {
    this.noticeChanges();
    const moved = this.rasterCamera !== camera;
    if (!moved && this.dirty === null) return;
    const wait =
      moved &&
      this.dirty === null &&
      this.rasterCamera !== null &&
      this.stats.raster >= DIRECT_BELOW_MS;
    if (wait) {
      this.follow(camera);
      this.rasterWhenAtRest();
      return;
    }
    this.raster(view, camera, moved || this.dirty === "all" ? null : this.dirty);
  }

  private raster(view: DrawView, camera: Camera, region: Box | null): void {
    const start = performance.now();
    this.shapes.draw(view, region);
    if (region === null) this.stats = { ...this.stats, raster: performance.now() - start };
    this.rasterCamera = camera;
    this.dirty = null;
    this.shapes.surface.canvas.style.transform = "";
  }

  /** Moves the finished raster to where the camera looks now. */
  private follow(camera: Camera): void {
    const from = this.rasterCamera ?? camera;
    const s = camera.zoom / from.zoom;
    const { style } = this.shapes.surface.canvas;
    style.transform = `matrix(${s},0,0,${s},${camera.x - from.x * s},${camera.y - from.y * s})`;
  }

  private rasterWhenAtRest(): void {
    if (this.restTimer !== null) clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      this.restTimer = null;
      this.dirty = "all";
      this.request();
    }, REST_MS);
  }

  /** Lifted shapes leave and rejoin the committed raster; a change of look redraws everything. */
  private noticeChanges(): void {
    const { live, settings, document, massSelection } = this.editor.workspace;
    const { lifted } = live;
    for (const id of [...lifted, ...this.drawnLifted]) {
      if (lifted.has(id) === this.drawnLifted.has(id)) continue;
      const record = document.store.get(id);
      if (record !== undefined) this.soil(record.geometry);
    }
    this.drawnLifted = lifted;
    const { imageId } = this.editor.getSnapshot();
    const objects = [settings.visibility, settings.labels, massSelection ?? NONE];
    const look = [
      imageId,
      settings.threshold,
      ...objects.map((object) => this.lookOf(object)),
    ].join(":");
    if (look !== this.drawnLook) this.dirty = "all";
    this.drawnLook = look;
  }

  private readonly looks = new WeakMap<object, number>();
  private lookCount = 0;

  /** A number per identity. */
  private lookOf(value: object): number {
    let look = this.looks.get(value);
    if (look === undefined) {
      this.lookCount += 1;
      look = this.lookCount;
      this.looks.set(value, look);
    }
    return look;
  }

  /** Marks the place of a shape as out of date. */
  private soil(geometry: Geometry): void {
    const bounds = shapeUtil(geometry).bounds(geometry);
    if (bounds === null || this.dirty === "all") return;
    this.dirty = this.dirty === null ? bounds : unionBox(this.dirty, bounds);
  }
}
