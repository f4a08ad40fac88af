/**
 * Which images of the gallery are chosen. Either single ones, or everything that the filter finds, less the ones
 * taken out again: so "select all" of a hundred thousand images stays a sentence, not a list.
 */
export type Selection =
  | { readonly mode: "some"; readonly ids: ReadonlySet<string>; readonly anchor: string | null }
  | { readonly mode: "all"; readonly except: ReadonlySet<string>; readonly anchor: string | null };

export const NOTHING: Selection = { mode: "some", ids: new Set(), anchor: null };
export const EVERYTHING: Selection = { mode: "all", except: new Set(), anchor: null };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.mode === "some" ? selection.ids.has(id) : !selection.except.has(id);
}

/** How many are chosen when the filter finds `total`. */
export function countSelected(selection: Selection, total: number): number {
  return selection.mode === "some"
    ? selection.ids.size
    : Math.max(0, total - selection.except.size);
}

function mark(
  selection: Selection,
  ids: readonly string[],
  on: boolean,
  anchor: string,
): Selection {
  const stored = new Set(selection.mode === "some" ? selection.ids : selection.except);
  // "all" stores what is out, so adding there means to take away.
  const store = selection.mode === "some" ? on : !on;
  for (const id of ids) {
    if (store) stored.add(id);
    else stored.delete(id);
  }
  return selection.mode === "some"
    ? { mode: "some", ids: stored, anchor }
    : { mode: "all", except: stored, anchor };
}

/** A click on the tick of one image. */
export function toggle(selection: Selection, id: string): Selection {
  return mark(selection, [id], !isSelected(selection, id), id);
}

/**
 * A click with Shift: everything from the last click to here gets the state of the last click.
 * `order` is the loaded part of the gallery; without an anchor in it this is a plain click.
 */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (selection.anchor === null || from < 0 || to < 0) return toggle(selection, id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return mark(selection, range, isSelected(selection, selection.anchor), selection.anchor);
}
