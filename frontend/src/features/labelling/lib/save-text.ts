import { plural } from "@/lib/format";
import type { SaveStatus } from "@/sync/saver";

export type SaveTone = "ok" | "run" | "warn" | "bad";

/** What the save chip says: never more than is true. */
export function saveText(status: SaveStatus): { tone: SaveTone; text: string; title: string } {
  const { phase, waiting, conflicts, parked, durable } = status;
  if (conflicts.length > 0)
    return {
      tone: "bad",
      text: plural(conflicts.length, "conflict"),
      title: "Somebody else changed the same shape. Decide which version stays.",
    };
  if (parked.length > 0)
    return {
      tone: "bad",
      text: `${plural(parked.length, "change")} refused`,
      title: "The server did not accept them. They are kept here until you decide.",
    };
  const kept = `${plural(waiting, "change")} kept`;
  const safe = durable
    ? "They are stored in this browser and sent as soon as possible."
    : "This browser cannot store them: keep the tab open.";
  if (phase === "signed-out")
    return { tone: "warn", text: `Signed out, ${kept}`, title: `Sign in again. ${safe}` };
  if (phase === "offline") return { tone: "warn", text: `Offline, ${kept}`, title: safe };
  if (phase === "saving") return { tone: "run", text: "Saving…", title: safe };
  return { tone: "ok", text: "Saved", title: "The server has every change." };
}
