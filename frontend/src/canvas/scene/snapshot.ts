/** The coarse state that a user interface shows. A new object exactly when something in it has changed. */
import type { CursorName } from "../shapes/shape-util";
import type { ToolId } from "../tools/tool";
import type { Toolbox } from "../tools/toolbox";
import type { Workspace } from "../tools/workspace";
import type { LoadProblem } from "./loading";
import type { ShapeRecord } from "./records";
import type { Visibility } from "./settings";

export interface EditorSnapshot {
  readonly imageId: string | null;
  readonly tool: ToolId;
  /** For example "box.drawing". */
  readonly state: string;
  /** A gesture or a drawing is in progress. */
  readonly busy: boolean;
  readonly cursor: CursorName;
  readonly activeLabel: number | null;
  readonly brushSize: number;
  readonly snap: boolean;
  readonly readOnly: boolean;
  readonly selection: readonly string[];
  readonly hovered: string | null;
  /** Annotations in drawing order, tags included, hidden ones too. Same array until one changes. */
  readonly shapes: readonly ShapeRecord[];
  /** Open suggestions at or above the threshold, least certain first. Same array until one changes. */
  readonly predictions: readonly ShapeRecord[];
  /** How many open suggestions the threshold hides. */
  readonly predictionsBelow: number;
  readonly threshold: number;
  readonly visibility: Visibility;
  /** Drawn, but neither hit nor changed. */
  readonly locked: ReadonlySet<string>;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Screen pixels per image pixel. */
  readonly zoom: number;
  /** Shapes from the server that could not be drawn; they are left alone. */
  readonly problems: readonly LoadProblem[];
}

/** Drawing order: z, then the order in which they came. */
export const inDrawingOrder = (records: Iterable<ShapeRecord>): ShapeRecord[] =>
  [...records].sort((a, b) => a.zOrder - b.zOrder);

type Lists = Pick<EditorSnapshot, "shapes" | "predictions" | "predictionsBelow">;

export class SnapshotBuilder {
  private last: EditorSnapshot | null = null;
  private lists: Lists = { shapes: [], predictions: [], predictionsBelow: 0 };
  private listsKey = "";

  constructor(
    private readonly workspace: Workspace,
    private readonly toolbox: Toolbox,
  ) {}

  build(): EditorSnapshot {
    this.stale();
    return this.last ?? this.take();
  }

  /** Takes a new snapshot when anything differs from the last one; returns whether it did. */
  stale(): boolean {
    const next = this.take();
    if (this.last !== null && sameFields(this.last, next)) return false;
    this.last = next;
    return true;
  }

  /** Suggestions that wait for a decision, then annotations that have a place. */
  tabOrder(): string[] {
    const { shapes, predictions } = this.currentLists();
    const { isVisible } = this.workspace;
    const placed = shapes.filter((record) => record.geometry.type !== "tag");
    return [...predictions, ...placed].filter(isVisible).map((record) => record.id);
  }

  private take(): EditorSnapshot {
    const { workspace, toolbox } = this;
    const { settings, document, live, view } = workspace;
    return {
      imageId: workspace.imageId,
      problems: workspace.problems,
      locked: workspace.locked,
      tool: toolbox.id,
      state: toolbox.path,
      busy: toolbox.busy,
      cursor: toolbox.cursor,
      activeLabel: settings.activeLabel,
      brushSize: settings.brushSize,
      snap: settings.snap,
      readOnly: document.readOnly,
      selection: workspace.selection,
      hovered: live.hovered,
      ...this.currentLists(),
      threshold: settings.threshold,
      visibility: settings.visibility,
      canUndo: document.history.canUndo && !document.readOnly,
      canRedo: document.history.canRedo && !document.readOnly,
      zoom: view.camera.zoom,
    };
  }

  private currentLists(): Lists {
    const { document, settings, suggestions } = this.workspace;
    const key = `${document.store.version}:${settings.threshold}`;
    if (key === this.listsKey) return this.lists;
    this.listsKey = key;
    this.lists = {
      shapes: inDrawingOrder([...document.store.all()].filter((record) => !record.prediction)),
      predictions: suggestions.queue(settings.threshold),
      predictionsBelow: suggestions.below(settings.threshold).length,
    };
    return this.lists;
  }
}

const sameFields = (a: EditorSnapshot, b: EditorSnapshot): boolean =>
  (Object.keys(a) as (keyof EditorSnapshot)[]).every((key) => Object.is(a[key], b[key]));
