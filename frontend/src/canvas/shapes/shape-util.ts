/** The contract of one kind of shape: everything the engine asks about it, so that tools and layers know no kinds. */
import type { Box, Geometry, Size, Vec } from "../geometry/types";
import type { WireGeometry } from "../geometry/wire";

/** CSS cursor names that the engine uses. */
export type CursorName =
  | "default"
  | "crosshair"
  | "move"
  | "grab"
  | "grabbing"
  | "pointer"
  | "none"
  | "copy"
  | "not-allowed"
  | "nwse-resize"
  | "nesw-resize"
  | "ns-resize"
  | "ew-resize";

export type HandleId = string;

export interface Handle {
  readonly id: HandleId;
  readonly kind: "resize" | "rotate" | "vertex";
  readonly point: Vec;
  readonly cursor: CursorName;
}

export interface EdgeHit {
  readonly edge: string;
  readonly distance: number;
  readonly point: Vec;
  /** What dragging this edge of a selected shape does: a handle to drag, a vertex to insert, or a plain move. */
  readonly action: "resize" | "insert" | "move";
  readonly cursor: CursorName;
}

export interface DragOptions {
  readonly size: Size;
  /** Shift: keep proportions, snap angles. */
  readonly constrain: boolean;
}

/** Image to device pixels: device = image × scale + (dx, dy). */
export interface DrawView {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
  /** Extent of the canvas in device pixels. */
  readonly width: number;
  readonly height: number;
  /** A cleared canvas of at least w × h device pixels that is good until the next call. */
  scratch(w: number, h: number): CanvasRenderingContext2D | null;
}

/** The caller has set stroke, fill, width and dash of the context; `fill` null means no fill. */
export interface Paint {
  readonly stroke: string;
  readonly fill: string | null;
  readonly width: number;
  readonly dash: readonly number[];
}

export interface InsertedVertex<G> {
  readonly geometry: G;
  readonly handle: HandleId;
}

export interface ShapeUtil<G extends Geometry = Geometry> {
  readonly kind: G["type"];
  /** Null for shapes without a place. */
  bounds(g: G): Box | null;
  /** Square pixels. */
  area(g: G): number;
  contains(g: G, p: Vec): boolean;
  nearestEdge(g: G, p: Vec): EdgeHit | null;
  /** `pixel` is the size of one screen pixel in image pixels. */
  handles(g: G, pixel: number): readonly Handle[];
  dragHandle(g: G, handle: HandleId, to: Vec, options: DragOptions): G;
  insertVertex(g: G, edge: EdgeHit): InsertedVertex<G> | null;
  /** Null when the shape has no such vertex or cannot lose it. */
  removeVertex(g: G, handle: HandleId): G | null;
  translate(g: G, delta: Vec): G;
  /** The shape as it may be stored: inside the image, rounded; null when nothing worth keeping is left. */
  finish(g: G, size: Size): G | null;
  draw(ctx: CanvasRenderingContext2D, g: G, view: DrawView, paint: Paint): void;
  toJson(g: G): WireGeometry;
  /** Throws a GeometryError when the numbers make no shape. */
  fromJson(wire: WireGeometry): G;
}

/** A shape from outside that cannot be drawn; the message says why. */
export class GeometryError extends Error {
  override readonly name = "GeometryError";
}

/** For kinds without vertices of their own. */
export const noVertices = {
  insertVertex: (): null => null,
  removeVertex: (): null => null,
};

export function requireFinite(values: readonly unknown[], what: string): void {
  if (!values.every((value) => typeof value === "number" && Number.isFinite(value))) {
    throw new GeometryError(`The ${what} has coordinates that are not numbers.`);
  }
}

/** Narrows a wire geometry to the kind the util was asked to read. */
export function expectKind<K extends WireGeometry["type"]>(
  wire: WireGeometry,
  kind: K,
): Extract<WireGeometry, { type: K }> {
  if (wire.type !== kind) throw new GeometryError(`Expected a ${kind}, got a ${wire.type}.`);
  return wire as Extract<WireGeometry, { type: K }>;
}
