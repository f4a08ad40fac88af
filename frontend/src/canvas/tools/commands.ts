/** Commands on the selection: each is one step of the history. */
import { boxCentre, imageBox, intersectBoxes, unionBoxes } from "../geometry/box";
import type { Geometry, Vec } from "../geometry/types";
import { add } from "../geometry/vec";
import type { WireGeometry } from "../geometry/wire";
import { allowedMove } from "../scene/edits";
import { newRecord, type ShapeRecord } from "../scene/records";
import { geometryFromJson, shapeUtil } from "../shapes/registry";
import type { ToolId } from "./tool";
import type { Workspace } from "./workspace";

const hasPlace = (record: ShapeRecord): boolean => record.geometry.type !== "tag";

export function selectAll(workspace: Workspace): void {
  const wanted = [...workspace.document.store.all()].filter(
    (record) => !record.prediction && hasPlace(record) && workspace.isVisible(record),
  );
  workspace.select(wanted.map((record) => record.id));
}

/** The next (1) or previous (-1) id of `order` as seen from the selection. */
export function selectNext(workspace: Workspace, order: readonly string[], step: 1 | -1): void {
  const at = order.indexOf(workspace.selection[0] ?? "");
  const start = at < 0 && step < 0 ? 0 : at;
  const next = order[(start + step + order.length) % Math.max(order.length, 1)];
  if (next !== undefined) workspace.select([next]);
}

export function relabel(workspace: Workspace, label: number): void {
  const records = workspace.editable(workspace.selection);
  const edit = workspace.edit(records, (record) => (record.label === label ? null : { label }));
  workspace.commitEdit("relabel", edit);
}

export function setAttributes(
  workspace: Workspace,
  ids: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
): void {
  const records = workspace.editable(ids).filter((record) => !record.prediction);
  const update = records.map((record) => ({
    ...record,
    attributes: { ...record.attributes, ...attributes },
  }));
  workspace.document.commit("change attributes", { update });
}

/** Adds or removes a class of the whole image. */
export function toggleTag(workspace: Workspace, label: number): void {
  const { document, newId } = workspace;
  const same = [...document.store.all()].filter(
    (record) => !record.prediction && !hasPlace(record) && record.label === label,
  );
  const tag = newRecord({ id: newId(), label, geometry: { type: "tag" }, zOrder: 0 });
  document.commit(
    "tag",
    same.length > 0 ? { remove: same.map((record) => record.id) } : { add: [tag] },
  );
}

/** A shape to be added that is not drawn by hand: pasted, or found by an assistant. */
export interface ShapeInput {
  readonly label: number;
  readonly geometry: WireGeometry;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Adds shapes as one step and selects them. Throws a GeometryError when one makes no shape. */
export function addShapes(workspace: Workspace, inputs: readonly ShapeInput[]): string[] {
  const records = inputs.flatMap(({ label, attributes = {}, geometry: wire }) => {
    const read = geometryFromJson(wire);
    const geometry = shapeUtil(read).finish(read, workspace.size);
    if (geometry === null) return [];
    return newRecord({
      id: workspace.newId(),
      label,
      attributes,
      geometry,
      zOrder: workspace.nextZ(),
    });
  });
  if (!workspace.document.commit("add", { add: records })) return [];
  workspace.select(records.map((record) => record.id));
  return records.map((record) => record.id);
}

/** Copies of the selected annotations, twelve screen pixels to the side, selected. */
export function duplicate(workspace: Workspace): void {
  const records = workspace.records(workspace.selection).filter((record) => !record.prediction);
  const side = 12 * workspace.pixel;
  const delta = allowedMove(records, { x: side, y: side }, workspace.size);
  const copies = records.flatMap((record) => {
    const util = shapeUtil(record.geometry);
    const geometry = util.finish(util.translate(record.geometry, delta), workspace.size);
    if (geometry === null) return [];
    const { label, attributes } = record;
    return newRecord({
      id: workspace.newId(),
      label,
      attributes,
      geometry,
      zOrder: workspace.nextZ(),
    });
  });
  if (workspace.document.commit("duplicate", { add: copies }))
    workspace.select(copies.map((record) => record.id));
}

/** Returns whether there was something that may be deleted. */
export function deleteShapes(workspace: Workspace, ids: readonly string[]): boolean {
  if (workspace.readOnly || workspace.editable(ids).length === 0) return false;
  workspace.removeShapes("delete", ids);
  return true;
}

/** A box of the active class in the middle of the view, selected: drawing without a pointer. */
export function insertBox(workspace: Workspace): boolean {
  const shown = intersectBoxes(workspace.view.visible, imageBox(workspace.size));
  if (shown === null) return false;
  const [w, h] = [shown.w / 4, shown.h / 4];
  const { x, y } = boxCentre(shown);
  const id = workspace.createShape({ type: "box", x: x - w / 2, y: y - h / 2, w, h }, "insert box");
  if (id !== null) workspace.select([id]);
  return true;
}

/** Moves the lower right handle of the selected shapes that have one; repeated steps are one step of undo. */
export function resizeBy(workspace: Workspace, by: Vec): boolean {
  const { size } = workspace;
  const resized = new Map<string, Geometry>();
  for (const { id, geometry } of workspace.editable(workspace.selection)) {
    const util = shapeUtil(geometry);
    const corner = util.handles(geometry, workspace.pixel).find((handle) => handle.id === "se");
    if (corner === undefined) continue;
    const to = add(corner.point, by);
    resized.set(id, util.dragHandle(geometry, corner.id, to, { size, constrain: false }));
  }
  if (resized.size === 0 || workspace.readOnly) return false;
  workspace.commitGeometries("resize by keys", resized, true);
  return true;
}

/** Moves the selection by image pixels; repeated nudges are one step. Returns whether there was something to move. */
export function nudge(workspace: Workspace, by: Vec): boolean {
  const records = workspace.editable(workspace.selection).filter(hasPlace);
  if (records.length === 0 || workspace.readOnly) return false;
  const delta = allowedMove(records, by, workspace.size);
  const moved = new Map(
    records.map((record) => [
      record.id,
      shapeUtil(record.geometry).translate(record.geometry, delta),
    ]),
  );
  workspace.commitGeometries("nudge", moved, true);
  return true;
}

export function zoomToSelection(workspace: Workspace): void {
  const records = workspace.records(workspace.selection);
  const box = unionBoxes(
    records.flatMap(({ geometry }) => shapeUtil(geometry).bounds(geometry) ?? []),
  );
  if (box !== null) workspace.view.fitTo(box);
}

/** Undo or redo between gestures; what comes back is selected, so that it is seen. Returns whether anything changed. */
export function replay(
  workspace: Workspace,
  tools: { readonly id: ToolId; readonly busy: boolean },
  direction: "undo" | "redo",
): boolean {
  const diff = tools.busy ? null : workspace.document[direction]();
  if (diff === null) return false;
  if (tools.id === "select") workspace.select([...diff.added.keys(), ...diff.updated.keys()]);
  return true;
}
