/**
 * The facade of the engine: everything a shell may ask for. It holds no logic of its own: document, tools, picking and
 * suggestions live in their modules. Framework-free, needs no DOM.
 */
import type { EditorEvent } from "./events";
import { unionBoxes } from "./geometry/box";
import type { Size, Vec } from "./geometry/types";
import { clamp } from "./geometry/vec";
import type { WireAnnotation, WirePrediction } from "./geometry/wire";
import type { SceneDiff } from "./scene/diff";
import { allowedMove } from "./scene/edits";
import { type LoadProblem, readRecords } from "./scene/loading";
import { newRecord, type ShapeRecord } from "./scene/records";
import { type LabelLookup, MAX_BRUSH, type Visibility } from "./scene/settings";
import { Signal } from "./scene/signal";
import { type EditorSnapshot, SnapshotBuilder } from "./scene/snapshot";
import { shapeUtil } from "./shapes/registry";
import { accept, acceptAll, reject, rejectBelow } from "./tools/decisions";
import type { ToolId } from "./tools/tool";
import type { Notice } from "./tools/tool-context";
import { Toolbox } from "./tools/toolbox";
import { type EditorOptions, Workspace } from "./tools/workspace";

export interface EditorImage extends Size {
  readonly id: string;
}

export interface LoadOptions {
  /** Keep zoom and position of the last image instead of showing the whole new one. */
  readonly keepView?: boolean;
}

export class Editor {
  readonly workspace: Workspace;
  readonly toolbox: Toolbox;
  /** Fired whenever what is drawn may have changed; the renderer listens. */
  readonly invalidated = new Signal<void>();
  private readonly changed = new Signal<void>();
  private readonly snapshots: SnapshotBuilder;
  private imageId: string | null = null;
  private problems: readonly LoadProblem[] = [];
  private depth = 0;

  constructor(options: EditorOptions = {}) {
    this.workspace = new Workspace(options);
    const { workspace } = this;
    this.toolbox = new Toolbox(workspace, {
      zoomBy: (factor, anchor) =>
        workspace.view.zoomTo(workspace.view.camera.zoom * factor, anchor),
      nudge: (dx, dy) => this.nudge(dx, dy),
      deleteSelection: () => this.deleteSelection(),
    });
    this.snapshots = new SnapshotBuilder(workspace, this.toolbox);
  }

  // ── Loading and saving ────────────────────────────────────────────────────────────────────────────────────────

  /** Opens an image. Shapes that cannot be drawn are listed in the snapshot's `problems` and left out. */
  load(
    image: EditorImage,
    annotations: readonly WireAnnotation[],
    predictions: readonly WirePrediction[] = [],
    options: LoadOptions = {},
  ): void {
    this.run(() => {
      this.toolbox.rest();
      const { records, problems } = readRecords(annotations, predictions);
      this.imageId = image.id;
      this.problems = problems;
      this.workspace.open(image.id, image, records);
      this.workspace.view.setImage(image, options.keepView ?? false);
    });
  }

  /** Replaces the suggestions, for example when a new model has run. */
  setPredictions(predictions: readonly WirePrediction[]): void {
    this.run(() => {
      const { records, problems } = readRecords([], predictions);
      const old = [...this.workspace.document.store.all()].filter((record) => record.prediction);
      this.problems = [...this.problems, ...problems];
      const keep = new Set(records.map((record) => record.id));
      this.workspace.document.applyRemote(
        records,
        old.map((r) => r.id).filter((id) => !keep.has(id)),
      );
    });
  }

  /** Takes in what the server says: new versions of annotations, ids that are gone. Not undoable, not saved again. */
  applyRemote(annotations: readonly WireAnnotation[], removed: readonly string[] = []): void {
    this.run(() => {
      const { records, problems } = readRecords(annotations, []);
      this.problems = [...this.problems, ...problems];
      this.workspace.document.applyRemote(records, removed);
    });
  }

  /** The server has stored a shape: only its revision changes. */
  acknowledge(id: string, revision: number, updatedAt: string | null = null): void {
    const record = this.workspace.record(id);
    if (record === undefined || record.revision >= revision) return;
    this.run(() =>
      this.workspace.document.applyRemote(
        [{ ...record, revision, updatedAt: updatedAt ?? record.updatedAt }],
        [],
      ),
    );
  }

  /** Every local change of annotations, undo and redo included. Suggestions never appear here. */
  onLocalDiff(listener: (diff: SceneDiff, imageId: string) => void): () => void {
    return this.workspace.document.localDiffs.subscribe((diff) => {
      if (this.imageId !== null) listener(diff, this.imageId);
    });
  }

  /** Suggestions that were rejected, or taken back by undo. Accepting shows as an added annotation. */
  onRejections(
    listener: (change: { rejected: string[]; restored: string[] }, imageId: string) => void,
  ): () => void {
    return this.workspace.document.predictionDiffs.subscribe((diff) => {
      const changes = [...diff.updated.values()];
      const ids = (rejected: boolean): string[] =>
        changes
          .filter(({ from, to }) => from.rejected !== rejected && to.rejected === rejected)
          .map(({ to }) => to.id);
      if (this.imageId !== null)
        listener({ rejected: ids(true), restored: ids(false) }, this.imageId);
    });
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    return this.workspace.notices.subscribe(listener);
  }

  // ── State for the shell ───────────────────────────────────────────────────────────────────────────────────────

  /** The current coarse state; the same object until something in it changes. */
  readonly getSnapshot = (): EditorSnapshot => this.snapshots.build(this.imageId, this.problems);

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

  // ── Input ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Pointer, wheel and key events. Returns whether the engine used it; unused keys belong to the shell. */
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

  // ── Commands ──────────────────────────────────────────────────────────────────────────────────────────────────

  select(ids: readonly string[]): void {
    this.run(() => this.workspace.select(ids));
  }

  selectAll(): void {
    this.run(() => {
      const records = [...this.workspace.document.store.all()];
      const wanted = records.filter(
        (r) => !r.prediction && r.geometry.type !== "tag" && this.workspace.isVisible(r),
      );
      this.workspace.select(wanted.map((record) => record.id));
    });
  }

  /** Tab order: the next (1) or previous (-1) visible shape, open suggestions first, least certain first. */
  selectNext(step: 1 | -1): void {
    this.run(() => {
      const order = this.snapshots.tabOrder();
      const at = order.indexOf(this.workspace.selection[0] ?? "");
      const start = at < 0 && step < 0 ? 0 : at;
      const next = order[(start + step + order.length) % Math.max(order.length, 1)];
      if (next !== undefined) this.workspace.select([next]);
    });
  }

  setHovered(id: string | null): void {
    this.run(() => {
      this.workspace.live.hovered = id;
    });
  }

  /** With a selection: relabel it. Otherwise: choose the class of what is drawn next. */
  pickLabel(label: number): void {
    if (this.workspace.selection.length > 0 && !this.toolbox.busy) this.relabelSelection(label);
    else this.setActiveLabel(label);
  }

  relabelSelection(label: number): void {
    this.run(() => {
      const { workspace } = this;
      const records = workspace.records(workspace.selection);
      workspace.commitEdit(
        "relabel",
        workspace.edit(records, (r) => (r.label === label ? null : { label })),
      );
    });
  }

  setAttributes(ids: readonly string[], attributes: Readonly<Record<string, unknown>>): void {
    this.run(() => {
      const records = this.workspace.records(ids).filter((record) => !record.prediction);
      const update = records.map((record) => ({
        ...record,
        attributes: { ...record.attributes, ...attributes },
      }));
      this.workspace.document.commit("change attributes", { update });
    });
  }

  /** Adds or removes a class of the whole image. */
  toggleTag(label: number): void {
    this.run(() => {
      const { document, newId } = this.workspace;
      const same = [...document.store.all()].filter(
        (r) => !r.prediction && r.geometry.type === "tag" && r.label === label,
      );
      const tag = newRecord({ id: newId(), label, geometry: { type: "tag" }, zOrder: 0 });
      document.commit("tag", same.length > 0 ? { remove: same.map((r) => r.id) } : { add: [tag] });
    });
  }

  /** Deletes annotations, rejects suggestions. Returns whether there was a selection. */
  deleteSelection(): boolean {
    const ids = this.workspace.selection;
    return this.deleteShapes(ids);
  }

  deleteShapes(ids: readonly string[]): boolean {
    if (ids.length === 0 || this.workspace.readOnly) return false;
    this.run(() => this.workspace.removeShapes("delete", ids));
    return true;
  }

  /** Copies of the selection, a little to the side, selected. */
  duplicateSelection(): void {
    this.run(() => {
      const { workspace } = this;
      const records = workspace.records(workspace.selection).filter((r) => !r.prediction);
      const delta = allowedMove(
        records,
        { x: 12 * workspace.pixel, y: 12 * workspace.pixel },
        workspace.size,
      );
      const add = records.map(({ label, geometry, attributes }) =>
        newRecord({
          id: workspace.newId(),
          label,
          attributes,
          geometry:
            shapeUtil(geometry).finish(
              shapeUtil(geometry).translate(geometry, delta),
              workspace.size,
            ) ?? geometry,
          zOrder: workspace.nextZ(),
        }),
      );
      if (workspace.document.commit("duplicate", { add })) workspace.select(add.map((r) => r.id));
    });
  }

  /** Image pixels. Repeated nudges of one selection are one step of undo. */
  nudge(dx: number, dy: number): boolean {
    const { workspace } = this;
    const records = workspace.records(workspace.selection).filter((r) => r.geometry.type !== "tag");
    if (records.length === 0 || workspace.readOnly || this.toolbox.busy) return false;
    this.run(() => {
      const delta = allowedMove(records, { x: dx, y: dy }, workspace.size);
      const moved = new Map(
        records.map((r) => [r.id, shapeUtil(r.geometry).translate(r.geometry, delta)]),
      );
      workspace.commitGeometries("nudge", moved, true);
    });
    return true;
  }

  /** While drawing, takes back the last point; otherwise the last step. Returns whether anything was taken back. */
  undo(): boolean {
    return this.run(
      () =>
        this.toolbox.stepBack() ||
        (!this.toolbox.busy && this.replay(this.workspace.document.undo())),
    );
  }

  redo(): boolean {
    return this.run(() => !this.toolbox.busy && this.replay(this.workspace.document.redo()));
  }

  // ── Suggestions ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Makes annotations of suggestions (default: the selected ones) and selects the next one to decide on. */
  acceptPrediction(id?: string): void {
    this.run(() => accept(this.workspace, id));
  }

  rejectPrediction(id?: string): void {
    this.run(() => reject(this.workspace, id));
  }

  /** Accepts every visible suggestion at or above the threshold, as one step. Returns how many. */
  acceptAll(): number {
    return this.run(() => acceptAll(this.workspace));
  }

  /** Rejects every suggestion below the threshold, as one step. Returns how many. */
  rejectBelow(): number {
    return this.run(() => rejectBelow(this.workspace));
  }

  // ── View ──────────────────────────────────────────────────────────────────────────────────────────────────────

  setViewport(viewport: Size): void {
    this.run(() => this.workspace.view.setViewport(viewport));
  }

  zoomToFit(): void {
    this.run(() => this.workspace.view.fit());
  }

  zoomToSelection(): void {
    this.run(() => {
      const records = this.workspace.records(this.workspace.selection);
      const box = unionBoxes(
        records.flatMap((r) => shapeUtil(r.geometry).bounds(r.geometry) ?? []),
      );
      if (box !== null) this.workspace.view.fitTo(box);
    });
  }

  /** Multiplies the zoom, around a point of the viewport (CSS pixels) or its centre. */
  zoomBy(factor: number, anchor?: Vec): void {
    this.run(() => this.workspace.view.zoomTo(this.workspace.view.camera.zoom * factor, anchor));
  }

  zoomTo(zoom: number): void {
    this.run(() => this.workspace.view.zoomTo(zoom));
  }

  // ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  private set(change: Partial<Workspace["settings"]>): void {
    this.run(() => Object.assign(this.workspace.settings, change));
  }

  private replay(diff: SceneDiff | null): boolean {
    if (diff === null) return false;
    const shown = [...diff.added.keys(), ...diff.updated.keys()].filter(
      (id) => !this.shape(id)?.prediction,
    );
    if (shown.length > 0 && this.toolbox.id === "select") this.workspace.select(shown);
    return true;
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
    if (this.snapshots.stale(this.imageId, this.problems)) this.changed.emit();
  }
}
