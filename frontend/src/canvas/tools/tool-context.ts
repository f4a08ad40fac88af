/** What a tool may ask of the editor, and nothing more. */
import type { Box, Geometry, Size, Vec } from "../geometry/types";
import type { Hit } from "../kernels/hit-test";
import type { Snapped } from "../kernels/snap";
import type { LiveState } from "../scene/live";
import type { ShapeRecord } from "../scene/records";
import type { Settings } from "../scene/settings";

export type NoticeCode = "too_small" | "no_label" | "too_few_points" | "read_only";

/** Something a person should be told in passing; the shell finds the words. */
export interface Notice {
  readonly code: NoticeCode;
}

export interface ToolContext {
  readonly live: LiveState;
  readonly settings: Readonly<Settings>;
  readonly size: Size;
  /** Size of one screen pixel in image pixels. */
  readonly pixel: number;
  readonly readOnly: boolean;
  readonly selection: readonly string[];

  record(id: string): ShapeRecord | undefined;
  /** Those of the ids that exist and are not locked. */
  editable(ids: readonly string[]): ShapeRecord[];
  /** Everything under a point of the image, best first. */
  hitsAt(p: Vec, touch: boolean): Hit[];
  idsInBox(box: Box, touching: boolean): string[];
  /** Snaps to neighbours and borders when snapping is on; leaves out the given shapes. */
  snap(p: Vec, except: ReadonlySet<string>): Snapped;

  select(ids: readonly string[]): void;
  toggleSelected(id: string): void;
  /** Adds a shape of the active label; null when it is refused (a notice says why). */
  createShape(geometry: Geometry, name: string): string | null;
  /** Stores changed geometries as one step; suggestions among them become annotations. */
  commitGeometries(name: string, geometries: ReadonlyMap<string, Geometry>): void;
  removeShapes(name: string, ids: readonly string[]): void;
  panBy(delta: Vec): void;
  notify(code: NoticeCode): void;
}
