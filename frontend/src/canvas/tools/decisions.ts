/** Accepting and rejecting suggestions. Each is one step of the history; the next suggestion is selected afterwards. */

import type { ShapeRecord } from "../scene/records";
import { annotationFrom } from "../scene/suggestions";
import type { Workspace } from "./workspace";

/** The given suggestion, or the selected ones, or the first in the queue. */
function targets(workspace: Workspace, id: string | undefined): ShapeRecord[] {
  const { suggestions, settings } = workspace;
  const wanted = workspace.records(id === undefined ? workspace.selection : [id]);
  const open = wanted.filter((record) => suggestions.isOpen(record));
  if (open.length > 0 || id !== undefined || workspace.selection.length > 0) return open;
  return suggestions.queue(settings.threshold).slice(0, 1);
}

/** Where the queue goes on once these are decided: the one that followed the last of them. */
function nextAfter(workspace: Workspace, decided: readonly ShapeRecord[]): string | null {
  const queue = workspace.suggestions
    .queue(workspace.settings.threshold)
    .filter(workspace.isVisible);
  const gone = new Set(decided.map((record) => record.id));
  const last = queue.findLastIndex((record) => gone.has(record.id));
  const rest = [...queue.slice(last + 1), ...queue.slice(0, Math.max(last, 0))];
  return rest.find((record) => !gone.has(record.id))?.id ?? null;
}

function decide(
  workspace: Workspace,
  name: string,
  decided: readonly ShapeRecord[],
  accept: boolean,
): number {
  if (decided.length === 0 || workspace.readOnly) return 0;
  const next = nextAfter(workspace, decided);
  const change = accept
    ? { add: decided.map((record) => annotationFrom(record, workspace.newId(), workspace.nextZ())) }
    : { update: decided.map((record) => ({ ...record, rejected: true })) };
  workspace.document.commit(name, change);
  workspace.select(next === null ? [] : [next]);
  return decided.length;
}

export const accept = (workspace: Workspace, id?: string): number =>
  decide(workspace, "accept", targets(workspace, id), true);

export const reject = (workspace: Workspace, id?: string): number =>
  decide(workspace, "reject", targets(workspace, id), false);

/** Everything that is shown: visible and at or above the threshold. */
export function acceptAll(workspace: Workspace): number {
  const shown = workspace.suggestions
    .queue(workspace.settings.threshold)
    .filter(workspace.isVisible);
  return decide(workspace, "accept all", shown, true);
}

export const rejectBelow = (workspace: Workspace): number =>
  decide(
    workspace,
    "reject below",
    workspace.suggestions.below(workspace.settings.threshold),
    false,
  );
