import { useEffect } from "react";
import { onServerEvent } from "@/api/events";
import type { WorkSession } from "../lib/work-session";

const HEARTBEAT_MS = 20_000;

/**
 * Keeps the lease alive, gives it back when the page is left, and listens to what others do. A reload keeps it: the
 * queue then gives the same image again; after a closed tab it simply runs out.
 */
export function usePresence(session: WorkSession): void {
  useEffect(() => {
    const timer = setInterval(() => void session.heartbeat(), HEARTBEAT_MS);
    const stop = onServerEvent(({ topic, data }) => {
      const image = String(data["id"] ?? data["image"] ?? "");
      if (topic === "annotations")
        void session.annotationsChanged(image, Number(data["revision"] ?? Number.MAX_SAFE_INTEGER));
      if (topic === "resync") void session.catchUp();
      if (topic === "predictions") void session.suggestionsChanged(image === "" ? null : image);
    });
    return () => {
      clearInterval(timer);
      stop();
      session.leave();
    };
  }, [session]);
}
