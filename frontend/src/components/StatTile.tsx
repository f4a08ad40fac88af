import type { ReactNode } from "react";
import classes from "./StatTile.module.css";

interface Props {
  readonly label: string;
  readonly value: ReactNode;
  /** What the number is made of, or how it changed. */
  readonly note?: ReactNode;
  /** 0 to 1; drawn as a line under the number. */
  readonly progress?: number;
}

/** One number that matters, with its unit and its context. */
export function StatTile({ label, value, note, progress }: Props) {
  return (
    <div className={classes["root"]}>
      <span className={classes["label"]}>{label}</span>
      <strong className={classes["value"]}>{value}</strong>
      {progress !== undefined && (
        <span className={classes["track"]}>
          <span style={{ width: `${Math.round(progress * 100)}%` }} />
        </span>
      )}
      {note !== undefined && <span className={classes["note"]}>{note}</span>}
    </div>
  );
}

/** Tiles side by side, divided by hairlines. */
export function StatRow({ children }: { readonly children: ReactNode }) {
  return <div className={classes["row"]}>{children}</div>;
}
