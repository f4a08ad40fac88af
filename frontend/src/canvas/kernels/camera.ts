/**
 * Camera maths. Nothing in this file may read editor state.
 * A camera maps image to screen (CSS pixels of the viewport): screen = image × zoom + (x, y).
 */
import type { Box, Size, Vec } from "../geometry/types";
import { clamp } from "../geometry/vec";

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const MAX_ZOOM = 64;
/** Part of the viewport that stays free around a fitted box, in CSS pixels. */
export const FIT_MARGIN = 24;
/** So much of the image stays in view however far one pans, in CSS pixels. */
const KEEP_VISIBLE = 48;

export const toScreen = (camera: Camera, p: Vec): Vec => ({
  x: p.x * camera.zoom + camera.x,
  y: p.y * camera.zoom + camera.y,
});

export const toImage = (camera: Camera, p: Vec): Vec => ({
  x: (p.x - camera.x) / camera.zoom,
  y: (p.y - camera.y) / camera.zoom,
});

/** The part of the plane that the viewport shows, in image pixels. */
export const visibleBox = (camera: Camera, viewport: Size): Box => ({
  x: -camera.x / camera.zoom,
  y: -camera.y / camera.zoom,
  w: viewport.width / camera.zoom,
  h: viewport.height / camera.zoom,
});

/** Centres `box` and makes it as large as the viewport allows. */
export function fitBox(box: Box, viewport: Size, margin = FIT_MARGIN, maxZoom = MAX_ZOOM): Camera {
  const width = Math.max(viewport.width - 2 * margin, 1);
  const height = Math.max(viewport.height - 2 * margin, 1);
  const zoom = Math.min(width / Math.max(box.w, 1e-6), height / Math.max(box.h, 1e-6), maxZoom);
  return {
    zoom,
    x: viewport.width / 2 - (box.x + box.w / 2) * zoom,
    y: viewport.height / 2 - (box.y + box.h / 2) * zoom,
  };
}

/** Half the fitting zoom, so that a little more than the image can be seen; never above 1. */
export function minZoom(image: Size, viewport: Size): number {
  const fit = fitBox({ x: 0, y: 0, w: image.width, h: image.height }, viewport).zoom;
  return Math.min(1, fit / 2);
}

/** Changes the zoom while the image point under `anchor` (screen) stays where it is. */
export function zoomAt(camera: Camera, anchor: Vec, zoom: number): Camera {
  const factor = zoom / camera.zoom;
  return {
    zoom,
    x: anchor.x - (anchor.x - camera.x) * factor,
    y: anchor.y - (anchor.y - camera.y) * factor,
  };
}

export const panBy = (camera: Camera, delta: Vec): Camera => ({
  zoom: camera.zoom,
  x: camera.x + delta.x,
  y: camera.y + delta.y,
});

/** Keeps the zoom in range and a strip of the image in view. */
export function clampCamera(camera: Camera, image: Size, viewport: Size): Camera {
  const low = minZoom(image, viewport);
  const zoom = clamp(camera.zoom, low, MAX_ZOOM);
  const centred = zoom === camera.zoom ? camera : zoomAt(camera, centreOf(viewport), zoom);
  const keepX = Math.min(KEEP_VISIBLE, image.width * zoom);
  const keepY = Math.min(KEEP_VISIBLE, image.height * zoom);
  return {
    zoom,
    x: clamp(centred.x, keepX - image.width * zoom, viewport.width - keepX),
    y: clamp(centred.y, keepY - image.height * zoom, viewport.height - keepY),
  };
}

export const centreOf = (size: Size): Vec => ({ x: size.width / 2, y: size.height / 2 });

/** Wheel delta (pixels, lines are converted by the caller) to a zoom factor; one notch of 100 is about 1.28. */
export const wheelFactor = (deltaY: number): number => 2 ** (-clamp(deltaY, -300, 300) / 280);
