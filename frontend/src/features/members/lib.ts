import type { Role } from "@/api/types";

export const ROLES: readonly {
  readonly value: Role;
  readonly label: string;
  readonly text: string;
}[] = [
  { value: "owner", label: "Owner", text: "Everything, also deleting the project." },
  {
    value: "manager",
    label: "Manager",
    text: "Everything but deleting the project and touching owners.",
  },
  { value: "reviewer", label: "Reviewer", text: "Labels, reviews, adds images, exports." },
  { value: "annotator", label: "Annotator", text: "Labels images and decides on suggestions." },
  { value: "viewer", label: "Viewer", text: "Looks, and changes nothing." },
];

/** The roles that `mine` may give away: a manager makes no owners. */
export const rolesToGive = (mine: Role) =>
  ROLES.filter((role) => mine === "owner" || role.value !== "owner");
