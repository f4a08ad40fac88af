/** Commands on the selection: each is one step of the history. */
import { unionBoxes } from "../geometry/box";
import type { Vec } from "../geometry/types";
import { allowedMove } from "../scene/edits";
import { newRecord, type ShapeRecord } from "../scene/records";
import { shapeUtil } from "../shapes/registry";
import type { Toolbox } from "./toolbox";
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

/** Copies of the selected annotations, twelve screen pixels to the side, selected. */
export function duplicate(workspace: Workspace): void {
  const records = workspace.records(workspace.selection).filter((record) => !record.prediction);
  const side = 12 * workspace.pixel;
  const delta = allowedMove(records, { x: side, y: side }, workspace.size);
  const add = records.flatMap((record) => {
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
  if (workspace.document.commit("duplicate", { add }))
    workspace.select(add.map((record) => record.id));
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
  toolbox: Toolbox,
  direction: "undo" | "redo",
): boolean {
  const diff = toolbox.busy ? null : workspace.document[direction]();
  if (diff === null) return false;
  if (toolbox.id === "select") workspace.select([...diff.added.keys(), ...diff.updated.keys()]);
  return true;
}
