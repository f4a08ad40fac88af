import type { AuditEvent } from "@/api/types";
import { humanise } from "@/components/schema-form/schema";

/** "member.role_changed" -> "Member role changed". */
export const sentenceOf = (action: string): string => humanise(action.replaceAll(".", " "));

export function actorOf(event: Pick<AuditEvent, "actor">): string {
  const { actor } = event;
  return actor === null ? "the server" : actor.display_name || actor.username;
}

/** {"old": "viewer", "new": "owner"} -> "old: viewer, new: owner". */
export function detailOf(detail: AuditEvent["detail"]): string {
  return Object.entries(detail)
    .map(([name, value]) => `${humanise(name).toLowerCase()}: ${plain(value)}`)
    .join(", ");
}

const plain = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
