import { StatusDot, type Tone } from "@/components/StatusDot";
import type { Round } from "../types";

const TONES: Record<Round["state"], Tone> = {
  selecting: "run",
  open: "accent",
  done: "ok",
  failed: "bad",
};

const WORDS: Record<Round["state"], string> = {
  selecting: "choosing",
  open: "being labelled",
  done: "done",
  failed: "failed",
};

/** The state of a round in words. */
export function RoundState({ round }: { readonly round: Round }) {
  return (
    <StatusDot tone={TONES[round.state]} pulse={round.state === "selecting"}>
      {WORDS[round.state]}
    </StatusDot>
  );
}
