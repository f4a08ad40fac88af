import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onServerEvent, startStream } from "@/api/events";
import { API_ROOT } from "@/api/http";
import { staleAfter } from "@/api/keys";

/** News come in bursts (a run reports every batch); a short wait makes one request of many. */
const GATHER_MS = 400;

/**
 * Keeps what pages show fresh: news from the server make queries stale; without news, polling does.
 * Returns whether the server is out of reach right now.
 */
export function useServerEvents(): boolean {
  const client = useQueryClient();
  const [down, setDown] = useState(false);
  useEffect(() => {
    const waiting = new Map<string, readonly (string | null)[]>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      timer = null;
      for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
      waiting.clear();
    };
    const refreshAll = () => void client.invalidateQueries({ type: "active" });
    const leave = onServerEvent(({ topic, project, data }) => {
      // Messages were missed, or there is no stream at all: anything may be stale.
      if (topic === "resync") refreshAll();
      for (const key of staleAfter(topic, project, data)) waiting.set(JSON.stringify(key), key);
      if (waiting.size > 0) timer ??= setTimeout(flush, GATHER_MS);
    });
    const close = startStream({
      url: `${API_ROOT}/stream`,
      onBack: () => setDown(false),
      onPoll: () => setDown(true),
    });
    return () => {
      leave();
      close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client]);
  return down;
}
