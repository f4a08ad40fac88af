/**
 * The facade of the engine: everything a shell may ask for. It holds no logic of its own: document, tools, picking
 * and suggestions live in their modules. Framework-free, needs no DOM.
 */
import type { EditorEvent } from "./events";
import type { Size, Vec } from "./geometry/types";
import { clamp } from "./geometry/vec";
import type { WireAnnotation, WirePrediction } from "./geometry/wire";
import type { SceneDiff } from "./scene/diff";
import {
  type EditorImage,
  type LoadOptions,
  type Rejections,
  readRecords,
  rejectionsOf,
} from "./scene/loading";
import type { ShapeRecord } from "./scene/records";
import { type LabelLookup, MAX_BRUSH, type Visibility } from "./scene/settings";
import { Signal } from "./scene/signal";
import { type EditorSnapshot, SnapshotBuilder } from "./scene/snapshot";
import * as commands from "./tools/commands";
import * as decisions from "./tools/decisions";
import type { ToolId } from "./tools/tool";
import type { Notice } from "./tools/tool-context";
import { Toolbox } from "./tools/toolbox";
import { type TransformName, transform } from "./tools/transforms";
import { type EditorOptions, Workspace } from "./tools/workspace";

export type { EditorImage };

export class Editor {
  readonly workspace: Workspace;
  readonly toolbox: Toolbox;
  /** Fired whenever what is drawn may have changed; the renderer listens. */
  readonly invalidated = new Signal<void>();
  private readonly changed = new Signal<void>();
  private readonly snapshots: SnapshotBuilder;
  private depth = 0;

  constructor(options: EditorOptions = {}) {
    this.workspace = new Workspace(options);
    this.toolbox = new Toolbox(this.workspace);
    this.snapshots = new SnapshotBuilder(this.workspace, this.toolbox);
  }

  /** Opens an image. Shapes that cannot be drawn are left out and listed in the snapshot's `problems`. */
  load(
    image: EditorImage,
    annotations: readonly WireAnnotation[],
    predictions: readonly WirePrediction[] = [],
    options: LoadOptions = {},
  ): void {
    this.run(() => {
      this.toolbox.rest();
      this.workspace.open(image.id, image, readRecords(annotations, predictions));
      this.workspace.view.setImage(image, options.keepView ?? false);
    });
  }

  /** Replaces the suggestions, for example when a new model has run. */
  setPredictions(predictions: readonly WirePrediction[]): void {
    this.run(() => this.workspace.replacePredictions(readRecords([], predictions)));
  }

  /** Takes in what the server says: new versions, ids that are gone. Not undoable, not saved again. */
  applyRemote(annotations: readonly WireAnnotation[], removed: readonly string[] = []): void {
    this.run(() => this.workspace.receive(readRecords(annotations, []), removed));
  }

  /** The server has stored a shape: only its revision changes. */
  acknowledge(id: string, revision: number, updatedAt: string | null = null): void {
    this.run(() => this.workspace.acknowledge(id, revision, updatedAt));
  }

  /** Every local change of annotations, undo and redo included. Suggestions never appear here. */
  onLocalDiff(listener: (diff: SceneDiff, imageId: string) => void): () => void {
    const { document } = this.workspace;
    return document.localDiffs.subscribe((diff) => listener(diff, document.imageId));
  }

  /** Suggestions that were rejected, or taken back by undo. Accepting shows as an added annotation. */
  onRejections(listener: (change: Rejections, imageId: string) => void): () => void {
    const { document } = this.workspace;
    return document.predictionDiffs.subscribe((diff) =>
      listener(rejectionsOf(diff), document.imageId),
    );
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    return this.workspace.notices.subscribe(listener);
  }

  /** The current coarse state; the same object until something in it changes. */
  readonly getSnapshot = (): EditorSnapshot => this.snapshots.build();

  /** Calls back after every change of the snapshot. Made for useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => this.changed.subscribe(listener);

  /** Calls back when the selected part changes (by Object.is). */
  watch<T>(selector: (snapshot: EditorSnapshot) => T, listener: (value: T) => void): () => void {
    let last = selector(this.getSnapshot());
    return this.changed.subscribe(() => {
      const next = selector(this.getSnapshot());
      if (Object.is(next, last)) return;
      last = next;
      listener(next);
    });
  }

  shape(id: string): ShapeRecord | undefined {
    return this.workspace.record(id);
  }

  /** Pointer, wheel and key events. Returns whether the engine used it; unused keys are the shell's. */
  dispatch(event: EditorEvent): boolean {
    return this.run(() => this.toolbox.dispatch(event));
  }

  setTool(tool: ToolId): void {
    this.run(() => this.toolbox.setTool(tool));
  }

  setActiveLabel(label: number | null): void {
    this.set({ activeLabel: label });
  }

  setBrushSize(size: number): void {
    this.set({ brushSize: clamp(Math.round(size), 1, MAX_BRUSH) });
  }

  setSnap(snap: boolean): void {
    this.set({ snap });
  }

  setThreshold(threshold: number): void {
    this.set({ threshold: clamp(threshold, 0, 1) });
  }

  setVisibility(visibility: Partial<Visibility>): void {
    this.set({ visibility: { ...this.workspace.settings.visibility, ...visibility } });
  }

  setLabels(labels: LabelLookup): void {
    this.set({ labels });
  }

  setReadOnly(readOnly: boolean): void {
    this.run(() => {
      this.toolbox.rest();
      this.workspace.document.readOnly = readOnly;
      if (readOnly) this.toolbox.setTool("select");
    });
  }

  select(ids: readonly string[]): void {
    this.run(() => this.workspace.select(ids));
  }

  selectAll(): void {
    this.run(() => commands.selectAll(this.workspace));
  }

  /** Tab order: visible suggestions first, least certain first, then annotations. */
  selectNext(step: 1 | -1): void {
    this.run(() => commands.selectNext(this.workspace, this.snapshots.tabOrder(), step));
  }

  setHovered(id: string | null): void {
    this.run(() => Object.assign(this.workspace.live, { hovered: id }));
  }

  /** With a selection: relabel it. Otherwise: choose the class of what is drawn next. */
  pickLabel(label: number): void {
    if (this.workspace.selection.length > 0 && !this.toolbox.busy) this.relabelSelection(label);
    else this.setActiveLabel(label);
  }

  relabelSelection(label: number): void {
    this.run(() => commands.relabel(this.workspace, label));
  }

  setAttributes(ids: readonly string[], attributes: Readonly<Record<string, unknown>>): void {
    this.run(() => commands.setAttributes(this.workspace, ids, attributes));
  }

  /** Adds or removes a class of the whole image. */
  toggleTag(label: number): void {
    this.run(() => commands.toggleTag(this.workspace, label));
  }

  /** Deletes annotations, rejects suggestions. Returns whether there was a selection. */
  deleteSelection(): boolean {
    return this.deleteShapes(this.workspace.selection);
  }

  deleteShapes(ids: readonly string[]): boolean {
    return this.run(() => commands.deleteShapes(this.workspace, ids));
  }

  setLocked(ids: readonly string[], locked: boolean): void {
    this.run(() => this.workspace.setLocked(ids, locked));
  }

  /** Pastes, or takes what an assistant found: one step, selected. Returns the new ids. */
  addShapes(shapes: readonly commands.ShapeInput[]): string[] {
    return this.run(() => commands.addShapes(this.workspace, shapes));
  }

  duplicateSelection(): void {
    this.run(() => commands.duplicate(this.workspace));
  }

  /** Cleans masks, turns masks into polygons or shapes into masks. Returns how many were changed. */
  transformSelection(name: TransformName): number {
    return this.run(() => transform(this.workspace, name));
  }

  /** A box of the active class in the middle of the view, selected. */
  insertBox(): boolean {
    return this.run(() => commands.insertBox(this.workspace));
  }

  /** Image pixels. Returns whether there was something to move. */
  nudge(dx: number, dy: number): boolean {
    return this.run(() => !this.toolbox.busy && commands.nudge(this.workspace, { x: dx, y: dy }));
  }

  /** While drawing, takes back the last point; otherwise the last step. */
  undo(): boolean {
    return this.run(
      () => this.toolbox.stepBack() || commands.replay(this.workspace, this.toolbox, "undo"),
    );
  }

  redo(): boolean {
    return this.run(() => commands.replay(this.workspace, this.toolbox, "redo"));
  }

  /** Accepts a suggestion (default: the selected, else the first of the queue) and selects the next one. */
  acceptPrediction(id?: string): number {
    return this.run(() => decisions.accept(this.workspace, id));
  }

  rejectPrediction(id?: string): number {
    return this.run(() => decisions.reject(this.workspace, id));
  }

  /** Accepts every visible suggestion at or above the threshold, as one step. Returns how many. */
  acceptAll(): number {
    return this.run(() => decisions.acceptAll(this.workspace));
  }

  /** Rejects every suggestion below the threshold, as one step. Returns how many. */
  rejectBelow(): number {
    return this.run(() => decisions.rejectBelow(this.workspace));
  }

  setViewport(viewport: Size): void {
    this.run(() => this.workspace.view.setViewport(viewport));
  }

  zoomToFit(): void {
    this.run(() => this.workspace.view.fit());
  }

  zoomToSelection(): void {
    this.run(() => commands.zoomToSelection(this.workspace));
  }

  /** Multiplies the zoom, around a point of the viewport (CSS pixels) or its centre. */
  zoomBy(factor: number, anchor?: Vec): void {
    this.run(() => this.workspace.view.zoomTo(this.workspace.view.camera.zoom * factor, anchor));
  }

  /** Screen pixels per image pixel. */
  zoomTo(zoom: number): void {
    this.run(() => this.workspace.view.zoomTo(zoom));
  }

  private set(change: Partial<Workspace["settings"]>): void {
    this.run(() => Object.assign(this.workspace.settings, change));
  }

  /** Groups changes: listeners are told once, when the outermost call is done. */
  private run<T>(action: () => T): T {
    this.depth += 1;
    try {
      return action();
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.settle();
    }
  }

  private settle(): void {
    this.invalidated.emit();
    if (this.snapshots.stale()) this.changed.emit();
  }
}
