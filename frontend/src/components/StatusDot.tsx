import type { ReactNode } from "react";
import classes from "./StatusDot.module.css";

export type Tone = "neutral" | "accent" | "run" | "ok" | "warn" | "bad";

interface Props {
  readonly tone: Tone;
  readonly pulse?: boolean;
  readonly children?: ReactNode;
}

/** A state as a dot and a word; the word is what is read, the colour only helps. */
export function StatusDot({ tone, pulse = false, children }: Props) {
  return (
    <span className={classes["root"]}>
      <span className={classes["dot"]} data-tone={tone} data-pulse={pulse || undefined} />
      {children}
    </span>
  );
}
