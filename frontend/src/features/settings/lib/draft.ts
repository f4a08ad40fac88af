/** The label schema while it is edited. Pure: every change gives a new list. */
import type { Attribute, Label } from "@/api/types";
import { nextClassColor } from "@/lib/palette";

export interface Draft {
  /** Stable while editing; the server's id for labels it knows. */
  readonly key: string;
  readonly id: number | null;
  readonly name: string;
  readonly color: string;
  readonly hotkey: string;
  readonly parent: string | null;
  readonly attributes: readonly Attribute[];
  readonly archived: boolean;
  readonly count: number;
}

const keyOf = (id: number) => `label-${id}`;

export function draftsOf(labels: readonly Label[]): Draft[] {
  return [...labels]
    .sort((a, b) => a.position - b.position)
    .map((label) => ({
      key: keyOf(label.id),
      id: label.id,
      name: label.name,
      color: label.color,
      hotkey: label.hotkey,
      parent: label.parent === null ? null : keyOf(label.parent),
      attributes: label.attributes,
      archived: label.archived,
      count: label.count,
    }));
}

const HOTKEYS = "1234567890";

/** One more class at the end, with a free colour and number key. */
export function addLabel(drafts: readonly Draft[], key: string, name = ""): Draft[] {
  const taken = new Set(drafts.map((draft) => draft.hotkey));
  return [
    ...drafts,
    {
      key,
      id: null,
      name,
      color: nextClassColor(drafts.map((draft) => draft.color)),
      hotkey: [...HOTKEYS].find((candidate) => !taken.has(candidate)) ?? "",
      parent: null,
      attributes: [],
      archived: false,
      count: 0,
    },
  ];
}

export function patchLabel(drafts: readonly Draft[], key: string, patch: Partial<Draft>): Draft[] {
  return drafts.map((draft) => (draft.key === key ? { ...draft, ...patch } : draft));
}

/** Takes a class out; its children move up to its parent. */
export function removeLabel(drafts: readonly Draft[], key: string): Draft[] {
  const parent = drafts.find((draft) => draft.key === key)?.parent ?? null;
  return drafts
    .filter((draft) => draft.key !== key)
    .map((draft) => (draft.parent === key ? { ...draft, parent } : draft));
}

/** Puts the class `key` where `target` is; the others close up. */
export function moveLabel(drafts: readonly Draft[], key: string, target: string): Draft[] {
  const from = drafts.findIndex((draft) => draft.key === key);
  const to = drafts.findIndex((draft) => draft.key === target);
  const moved = drafts[from];
  if (moved === undefined || to < 0 || from === to) return [...drafts];
  const rest = drafts.filter((draft) => draft.key !== key);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}

/** Who may be the parent of `key`: nobody below it, not itself. */
export function possibleParents(drafts: readonly Draft[], key: string): Draft[] {
  const parents = new Map(drafts.map((draft) => [draft.key, draft.parent]));
  const isBelow = (candidate: string): boolean => {
    let current: string | null = candidate;
    for (let steps = 0; current !== null && steps <= drafts.length; steps += 1) {
      if (current === key) return true;
      current = parents.get(current) ?? null;
    }
    return false;
  };
  return drafts.filter((draft) => !isBelow(draft.key));
}

/** How deep a class stands, for its indent. */
export function depthOf(drafts: readonly Draft[], key: string): number {
  const parents = new Map(drafts.map((draft) => [draft.key, draft.parent]));
  let depth = 0;
  let current = parents.get(key) ?? null;
  while (current !== null && depth < 8) {
    depth += 1;
    current = parents.get(current) ?? null;
  }
  return depth;
}

/** What is wrong, by class; empty when the list may be saved. */
export function problemsOf(drafts: readonly Draft[]): Record<string, string> {
  const problems: Record<string, string> = {};
  const names = new Map<string, string>();
  const hotkeys = new Map<string, string>();
  for (const draft of drafts) {
    const name = draft.name.trim().toLowerCase();
    if (name === "") problems[draft.key] = "A class needs a name.";
    else if (names.has(name)) problems[draft.key] = "There is a class of this name already.";
    else if (draft.hotkey !== "" && hotkeys.has(draft.hotkey))
      problems[draft.key] = `The key ${draft.hotkey} belongs to “${hotkeys.get(draft.hotkey)}”.`;
    names.set(name, draft.name);
    if (draft.hotkey !== "" && !hotkeys.has(draft.hotkey)) hotkeys.set(draft.hotkey, draft.name);
  }
  return problems;
}

/** The list as the server takes it; a parent is given by name, because a new one has no id yet. */
export function payloadOf(drafts: readonly Draft[]) {
  const names = new Map(drafts.map((draft) => [draft.key, draft.name.trim()]));
  return drafts.map((draft, position) => ({
    ...(draft.id === null ? {} : { id: draft.id }),
    name: draft.name.trim(),
    color: draft.color,
    hotkey: draft.hotkey,
    parent: draft.parent === null ? null : (names.get(draft.parent) ?? null),
    position,
    attributes: draft.attributes,
    archived: draft.archived,
  }));
}
