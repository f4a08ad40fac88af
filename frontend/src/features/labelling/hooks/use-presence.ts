import { useEffect } from "react";
import { onServerEvent } from "@/api/events";
import type { WorkSession } from "../lib/work-session";

const HEARTBEAT_MS = 20_000;

/** Keeps the lease alive, gives it back when the page is left, and listens to what others do. */
export function usePresence(session: WorkSession): void {
  useEffect(() => {
    const timer = setInterval(() => void session.heartbeat(), HEARTBEAT_MS);
    const leave = () => session.leave();
    window.addEventListener("pagehide", leave);
    const stop = onServerEvent(({ topic, data }) => {
      const image = String(data["id"] ?? data["image"] ?? "");
      if (topic === "annotations")
        void session.annotationsChanged(image, Number(data["revision"] ?? Number.MAX_SAFE_INTEGER));
      if (topic === "predictions") void session.suggestionsChanged(image === "" ? null : image);
    });
    return () => {
      clearInterval(timer);
      window.removeEventListener("pagehide", leave);
      stop();
      session.leave();
    };
  }, [session]);
}
