/** The table of geometry cases that pytest reads too. */
import { readFileSync } from "node:fs";

interface Ringed {
  readonly outer: number[];
  readonly holes: number[][];
}

type Four = [number, number, number, number];

export interface GeometryCases {
  readonly box_iou: { a: Four; b: Four; expected: number }[];
  readonly box_clip: { box: Four; width: number; height: number; expected: Four | null }[];
  readonly polygon_area: (Ringed & { expected: number })[];
  readonly polygon_bounds: { outer: number[]; expected: Four }[];
  readonly point_in_polygon: (Ringed & { point: [number, number]; expected: boolean })[];
  readonly polyline_length: { points: number[]; expected: number }[];
  readonly rotated_box_bounds: {
    cx: number;
    cy: number;
    w: number;
    h: number;
    angle: number;
    expected: Four;
    corners: [number, number][];
  }[];
  readonly rotated_box_contains: {
    cx: number;
    cy: number;
    w: number;
    h: number;
    angle: number;
    point: [number, number];
    expected: boolean;
  }[];
  readonly ellipse_area: { rx: number; ry: number; expected: number }[];
  readonly ellipse_bounds: {
    cx: number;
    cy: number;
    rx: number;
    ry: number;
    rotation: number;
    expected: Four;
  }[];
  readonly ellipse_contains: {
    cx: number;
    cy: number;
    rx: number;
    ry: number;
    rotation: number;
    point: [number, number];
    expected: boolean;
  }[];
  readonly rle: { w: number; h: number; pixels: string; counts: string; area: number }[];
  readonly rle_invalid: { w: number; h: number; counts: string; why: string }[];
  readonly polygon_pixels: (Ringed & { w: number; h: number; pixels: string })[];
}

// vitest runs in the folder of the front end.
export const geometryCases = (): GeometryCases =>
  JSON.parse(readFileSync("../tests/assets/geometry_cases.json", "utf8")) as GeometryCases;

/** Text of 0 and 1 to bytes. */
export const bytesOf = (pixels: string): Uint8Array => Uint8Array.from(pixels, Number);

/** Bytes to text of 0 and 1. */
export const textOf = (data: Uint8Array): string => data.join("");
