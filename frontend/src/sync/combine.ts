import type { Edit, Entry, Fields, SavedAnnotation } from "./types";

/** Everything that an operation may say about a shape; only the server itself may call one imported. */
export function allFields(annotation: SavedAnnotation): Fields {
  const { label, geometry, attributes, z_order, source, score, prediction } = annotation;
  const fields = { label, geometry, attributes, z_order, score, prediction };
  return source === "import" ? fields : { ...fields, source };
}

/** What an edit says to the server, before it is known what is already on the way. */
export function fieldsOf(edit: Edit): Fields {
  if (edit.kind === "update") return edit.patch;
  return edit.kind === "create" || edit.kind === "restore" ? allFields(edit.annotation) : {};
}

/**
 * One entry with the effect of `first` and then `second` on the same subject, or null when nothing is left to say.
 * `first` must not have reached the server: it was never sent, or the server refused it.
 */
export function combine(first: Entry, second: Entry): Entry | null {
  const merged = { ...first, mine: second.mine };
  const both = { ...first.fields, ...second.fields };
  switch (second.kind) {
    case "update":
      return first.kind === "delete"
        ? { ...merged, kind: "update", fields: second.fields }
        : { ...merged, fields: both };
    case "delete":
      return first.kind === "create" || first.kind === "restore"
        ? null
        : { ...merged, kind: "delete", fields: {} };
    case "create":
    case "restore":
      // Deleted and brought back before the server heard of it: an update that says everything.
      return first.kind === "delete"
        ? { ...merged, kind: "update", fields: second.fields }
        : { ...merged, fields: both };
    case "reject":
    case "unreject":
      return first.kind === second.kind ? first : null;
  }
}

/** Whether the other side already has everything that `fields` wanted: two people made the same change. */
export function alreadySaid(fields: Fields, theirs: SavedAnnotation): boolean {
  return (Object.keys(fields) as (keyof Fields)[]).every(
    (name) => name === "source" || JSON.stringify(fields[name]) === JSON.stringify(theirs[name]),
  );
}
