import type { ReactNode } from "react";
import classes from "./Page.module.css";

interface Props {
  readonly children: ReactNode;
  /** How far lines may run: forms read best narrow, galleries want everything. */
  readonly width?: "narrow" | "normal" | "full";
}

/** The padding and width of a page inside the shell; the page scrolls, the shell does not. */
export function Page({ children, width = "normal" }: Props) {
  return (
    <div className={classes["scroll"]}>
      <div className={classes["page"]} data-width={width}>
        {children}
      </div>
    </div>
  );
}
