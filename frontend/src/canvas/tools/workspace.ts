/** The open image and how it is worked on: what tools act upon and what the editor's commands share. */

import type { Box, Geometry, Size, Vec } from "../geometry/types";
import type { Hit } from "../kernels/hit-test";
import type { Snapped } from "../kernels/snap";
import { CameraState } from "../scene/camera";
import { SceneDocument } from "../scene/document";
import { type Edit, editRecords, finished } from "../scene/edits";
import { newUuid } from "../scene/ids";
import { LiveState } from "../scene/live";
import type { Loaded, LoadProblem } from "../scene/loading";
import { type PickingScene, pick, pickInBox } from "../scene/picking";
import { newRecord, type ShapeRecord } from "../scene/records";
import { Selection } from "../scene/selection";
import { defaultSettings, isShown, type LabelLookup } from "../scene/settings";
import { Signal } from "../scene/signal";
import { snapInScene } from "../scene/snapping";
import { passes, Suggestions } from "../scene/suggestions";
import type { Notice, NoticeCode, ToolContext } from "./tool-context";

/** Screen pixels around the pointer in which something is hit. */
const TOLERANCE = 6;
const TOLERANCE_TOUCH = 18;
/** With more shapes selected, redrawing them with every move of the pointer would be felt. */
const OVERLAY_UP_TO = 200;

export interface EditorOptions {
  readonly labels?: LabelLookup;
  /** For tests; by default random UUIDs. */
  readonly newId?: () => string;
}

export class Workspace implements ToolContext {
  readonly live = new LiveState();
  readonly settings = defaultSettings();
  readonly document = new SceneDocument();
  readonly view = new CameraState();
  readonly selected = new Selection();
  readonly suggestions = new Suggestions(this.document.store);
  readonly notices = new Signal<Notice>();
  readonly newId: () => string;
  size: Size = { width: 1, height: 1 };
  imageId: string | null = null;
  problems: readonly LoadProblem[] = [];
  /** Locked shapes are drawn but neither hit nor changed; they can be selected from a list. */
  locked: ReadonlySet<string> = new Set();
  private topZ = 0;
  private massIds: readonly string[] = [];
  private massSet: ReadonlySet<string> = new Set();

  constructor(options: EditorOptions) {
    this.newId = options.newId ?? newUuid;
    if (options.labels !== undefined) this.settings.labels = options.labels;
    this.document.store.changes.subscribe(({ diff }) => {
      if (diff.removed.size > 0)
        this.selected.set(this.selected.ids.filter((id) => !diff.removed.has(id)));
    });
  }

  open(imageId: string, size: Size, loaded: Loaded): void {
    const { records, problems } = loaded;
    this.imageId = imageId;
    this.problems = problems;
    this.size = { width: size.width, height: size.height };
    this.locked = new Set();
    this.document.open(imageId, records);
    this.selected.set([]);
    this.live.clearGesture();
    this.topZ = records.reduce((top, record) => Math.max(top, record.zOrder), 0);
  }

  /** News from the server: neither undoable nor saved again. */
  receive(loaded: Loaded, removed: readonly string[]): void {
    if (loaded.problems.length > 0) this.problems = [...this.problems, ...loaded.problems];
    this.topZ = loaded.records.reduce((top, record) => Math.max(top, record.zOrder), this.topZ);
    this.document.applyRemote(loaded.records, removed);
  }

  replacePredictions(loaded: Loaded): void {
    const fresh = new Set(loaded.records.map((record) => record.id));
    const old = [...this.document.store.all()].filter((r) => r.prediction && !fresh.has(r.id));
    this.receive(
      loaded,
      old.map((record) => record.id),
    );
  }

  /** The server has stored a shape: only its revision changes. */
  acknowledge(id: string, revision: number, updatedAt: string | null): void {
    const record = this.record(id);
    if (record === undefined || record.revision >= revision) return;
    const stored = { ...record, revision, updatedAt: updatedAt ?? record.updatedAt };
    this.document.applyRemote([stored], []);
  }

  setLocked(ids: readonly string[], locked: boolean): void {
    const next = new Set(this.locked);
    for (const id of ids) {
      if (locked) next.add(id);
      else next.delete(id);
    }
    this.locked = next;
  }

  get pixel(): number {
    return this.view.pixel;
  }

  get readOnly(): boolean {
    return this.document.readOnly;
  }

  get selection(): readonly string[] {
    return this.selected.ids;
  }

  get scene(): PickingScene {
    const { store, index } = this.document;
    return {
      store,
      index,
      selected: this.selected.ids,
      isVisible: (record) => this.isVisible(record) && !this.locked.has(record.id),
      editable: !this.readOnly,
    };
  }

  /** Whether the committed layer shows the record; also what can be hit. */
  readonly isVisible = (record: ShapeRecord): boolean =>
    isShown(this.settings.visibility, record) &&
    (!record.prediction ||
      (passes(record, this.settings.threshold) && this.suggestions.isOpen(record)));

  record(id: string): ShapeRecord | undefined {
    return this.document.store.get(id);
  }

  records(ids: readonly string[]): ShapeRecord[] {
    return ids.flatMap((id) => this.record(id) ?? []);
  }

  /** Those of the ids that may be changed. */
  editable(ids: readonly string[]): ShapeRecord[] {
    return this.records(ids.filter((id) => !this.locked.has(id)));
  }

  hitsAt(p: Vec, touch: boolean): Hit[] {
    return pick(this.scene, p, this.pixel, touch ? TOLERANCE_TOUCH : TOLERANCE);
  }

  idsInBox(box: Box, touching: boolean): string[] {
    return pickInBox(this.scene, box, touching);
  }

  snap(p: Vec, except: ReadonlySet<string>): Snapped {
    return this.settings.snap
      ? snapInScene(this.scene, p, this.size, this.pixel, except)
      : { point: p, to: null };
  }

  select(ids: readonly string[]): void {
    this.selected.set(ids.filter((id) => this.record(id) !== undefined));
    this.document.history.seal();
  }

  toggleSelected(id: string): void {
    this.selected.toggle(id);
    this.document.history.seal();
  }

  /** So many selected shapes that the committed layer draws them; null while the overlay can. */
  get massSelection(): ReadonlySet<string> | null {
    const { ids } = this.selected;
    if (ids.length <= OVERLAY_UP_TO) return null;
    if (this.massIds !== ids) {
      this.massIds = ids;
      this.massSet = new Set(ids);
    }
    return this.massSet;
  }

  /** Above everything that was there. */
  readonly nextZ = (): number => {
    this.topZ += 1;
    return this.topZ;
  };

  createShape(geometry: Geometry, name: string): string | null {
    const label = this.settings.activeLabel;
    if (this.readOnly || label === null) {
      this.notify(this.readOnly ? "read_only" : "no_label");
      return null;
    }
    const blank = newRecord({ id: this.newId(), label, geometry, zOrder: 0 });
    const stored = finished({ ...blank, geometry: { type: "tag" } }, geometry, this.size);
    if (stored === null) {
      this.notify("too_small");
      return null;
    }
    this.document.commit(name, { add: [{ ...blank, geometry: stored, zOrder: this.nextZ() }] });
    return blank.id;
  }

  commitGeometries(name: string, geometries: ReadonlyMap<string, Geometry>, merge = false): void {
    const edit = this.edit(this.editable([...geometries.keys()]), (record) => {
      const wanted = geometries.get(record.id);
      const geometry = wanted === undefined ? null : finished(record, wanted, this.size);
      return geometry === null ? null : { geometry };
    });
    this.commitEdit(name, edit, merge);
  }

  edit(records: readonly ShapeRecord[], change: Parameters<typeof editRecords>[1]): Edit {
    return editRecords(records, change, this);
  }

  commitEdit(name: string, edit: Edit, merge = false): boolean {
    const before = this.selected.ids;
    const changed = this.document.commit(name, edit.change, merge);
    if (changed && edit.replaced.size > 0) {
      this.selected.set(before.map((id) => edit.replaced.get(id) ?? id));
    }
    return changed;
  }

  removeShapes(name: string, ids: readonly string[]): void {
    const records = this.editable(ids);
    // A suggestion is not deleted but rejected: the model's answer stays on record.
    const update = records.filter((r) => r.prediction).map((r) => ({ ...r, rejected: true }));
    const remove = records.filter((r) => !r.prediction).map((r) => r.id);
    this.document.commit(name, { update, remove });
    const gone = new Set(records.map((record) => record.id));
    this.selected.set(this.selected.ids.filter((id) => !gone.has(id)));
  }

  panBy(delta: Vec): void {
    this.view.pan(delta);
  }

  notify(code: NoticeCode): void {
    this.notices.emit({ code });
  }
}
