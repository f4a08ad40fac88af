import type { Role } from "./types";

/** What a person may do in a project. The server decides; this only keeps away buttons that would be refused. */
export type Action =
  | "project.edit"
  | "project.delete"
  | "schema.edit"
  | "members.edit"
  | "images.add"
  | "images.edit"
  | "images.delete"
  | "annotations.edit"
  | "annotations.review"
  | "imports.run"
  | "exports.run"
  | "versions.create"
  | "runs.start"
  | "runs.control"
  | "models.edit"
  | "rounds.start"
  | "predictions.decide"
  | "audit.view";

const ANNOTATOR: readonly Action[] = ["annotations.edit", "predictions.decide"];
const REVIEWER: readonly Action[] = [
  ...ANNOTATOR,
  "annotations.review",
  "exports.run",
  "images.add",
];

const LIMITED: Partial<Record<Role, readonly Action[]>> = {
  viewer: [],
  annotator: ANNOTATOR,
  reviewer: REVIEWER,
};

/** Whether `role` may do `action`; owners may do everything, managers everything but delete the project. */
export function can(role: Role, action: Action): boolean {
  const limited = LIMITED[role];
  if (limited !== undefined) return limited.includes(action);
  return role === "owner" || action !== "project.delete";
}
