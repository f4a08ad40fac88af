import { StatusDot, type Tone } from "@/components/StatusDot";
import type { Run } from "../types";

const TONES: Record<Run["state"], Tone> = {
  queued: "neutral",
  running: "run",
  done: "ok",
  failed: "bad",
  cancelled: "warn",
};

/** The state of a run in words. */
export function RunState({ run }: { readonly run: Run }) {
  return (
    <StatusDot tone={TONES[run.state]} pulse={run.state === "running"}>
      {wordsOf(run)}
    </StatusDot>
  );
}

function wordsOf(run: Run): string {
  if (run.state === "running" && run.stop_requested === "finish") return "finishing early";
  if (run.state === "running" && run.stop_requested === "cancel") return "cancelling";
  if (run.state === "queued" && run.attempt > 0) return "waiting to resume";
  return run.state;
}
