/**
 * Immutable values of the drawing. All numbers are continuous pixels of the displayed picture, origin at the
 * top-left corner of its top-left pixel, y down; angles are degrees clockwise.
 */
export interface Vec {
  readonly x: number;
  readonly y: number;
}

/** Axis-parallel rectangle: top-left corner and extent. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Square tiles of a mask by their number (see mask.ts), one byte a pixel. */
export type TileMap = ReadonlyMap<number, Uint8Array>;

/** Immutable. `bbox` is tight, in whole pixels (w = h = 0 when empty); `area` counts pixels. */
export interface Mask {
  readonly bbox: Box;
  readonly area: number;
  readonly tiles: TileMap;
}

/** Flat coordinates x1, y1, x2, y2, …; a closed ring does not repeat its first point. */
export type FlatPoints = readonly number[];

export interface PolygonPart {
  readonly outer: FlatPoints;
  readonly holes: readonly FlatPoints[];
}

export interface BoxGeometry extends Box {
  readonly type: "box";
}

export interface RotatedBoxGeometry {
  readonly type: "rotated_box";
  readonly cx: number;
  readonly cy: number;
  readonly w: number;
  readonly h: number;
  readonly angle: number;
}

export interface PolygonGeometry {
  readonly type: "polygon";
  readonly parts: readonly PolygonPart[];
}

export interface PolylineGeometry {
  readonly type: "polyline";
  readonly points: FlatPoints;
}

/** Loose points of one object. */
export interface PointsGeometry {
  readonly type: "points";
  readonly points: FlatPoints;
}

/** Flat triples x, y, v; v is 0 unlabelled, 1 hidden, 2 visible. */
export interface KeypointsGeometry {
  readonly type: "keypoints";
  readonly points: FlatPoints;
}

export interface EllipseGeometry {
  readonly type: "ellipse";
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly rotation: number;
}

/** A painted region; on the wire it becomes a box of whole pixels and run lengths. */
export interface MaskGeometry {
  readonly type: "mask";
  readonly mask: Mask;
}

/** A class of the whole image: no place in it. */
export interface TagGeometry {
  readonly type: "tag";
}

export type Geometry =
  | BoxGeometry
  | RotatedBoxGeometry
  | PolygonGeometry
  | PolylineGeometry
  | PointsGeometry
  | KeypointsGeometry
  | EllipseGeometry
  | MaskGeometry
  | TagGeometry;

export type GeometryKind = Geometry["type"];
