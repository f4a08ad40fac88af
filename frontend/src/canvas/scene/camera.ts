/** The camera of the open image: keeps itself within limits and remembers whether the view is the fitted one. */
import { imageBox } from "../geometry/box";
import type { Box, Size, Vec } from "../geometry/types";
import { clamp } from "../geometry/vec";
import {
  type Camera,
  centreOf,
  clampCamera,
  fitBox,
  MAX_ZOOM,
  minZoom,
  panBy,
  toImage,
  toScreen,
  visibleBox,
  zoomAt,
} from "../kernels/camera";

export class CameraState {
  private value: Camera = { x: 0, y: 0, zoom: 1 };
  private image: Size = { width: 1, height: 1 };
  /** CSS pixels. */
  viewport: Size = { width: 1, height: 1 };
  private fitted = true;

  get camera(): Camera {
    return this.value;
  }

  /** Size of one screen pixel in image pixels. */
  get pixel(): number {
    return 1 / this.value.zoom;
  }

  get visible(): Box {
    return visibleBox(this.value, this.viewport);
  }

  /** A new image is shown whole, or, with `keepView`, where the last one was looked at. */
  setImage(image: Size, keepView: boolean): void {
    this.image = image;
    if (keepView && !this.fitted) this.set(this.value);
    else this.fit();
  }

  /** A fitted view stays fitted; any other keeps its centre. */
  setViewport(viewport: Size): void {
    const before = toImage(this.value, centreOf(this.viewport));
    this.viewport = viewport;
    if (this.fitted) {
      this.fit();
      return;
    }
    const centre = centreOf(viewport);
    const { zoom } = this.value;
    this.set({ zoom, x: centre.x - before.x * zoom, y: centre.y - before.y * zoom });
  }

  fit(): void {
    this.value = clampCamera(
      fitBox(imageBox(this.image), this.viewport),
      this.image,
      this.viewport,
    );
    this.fitted = true;
  }

  /** Shows the box with room around it, but never larger than eight screen pixels per pixel. */
  fitTo(box: Box): void {
    const margin = Math.min(this.viewport.width, this.viewport.height) / 5;
    this.set(fitBox(box, this.viewport, margin, 8));
  }

  zoomTo(zoom: number, anchor: Vec = centreOf(this.viewport)): void {
    const allowed = clamp(zoom, minZoom(this.image, this.viewport), MAX_ZOOM);
    this.set(zoomAt(this.value, anchor, allowed));
  }

  pan(delta: Vec): void {
    this.set(panBy(this.value, delta));
  }

  toScreen(p: Vec): Vec {
    return toScreen(this.value, p);
  }

  toImage(p: Vec): Vec {
    return toImage(this.value, p);
  }

  private set(camera: Camera): void {
    this.value = clampCamera(camera, this.image, this.viewport);
    this.fitted = false;
  }
}
