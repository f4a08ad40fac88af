import type { ReactNode } from "react";
import classes from "./PageHeader.module.css";

interface Props {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Buttons at the right end. */
  readonly children?: ReactNode;
}

/** The head of a page: its name, a line about it, and its actions. */
export function PageHeader({ title, description, children }: Props) {
  return (
    <header className={classes["root"]}>
      <div className={classes["text"]}>
        <h1>{title}</h1>
        {description !== undefined && <p>{description}</p>}
      </div>
      {children !== undefined && <div className={classes["actions"]}>{children}</div>}
    </header>
  );
}
