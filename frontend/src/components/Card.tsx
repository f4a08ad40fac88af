import type { ReactNode } from "react";
import classes from "./Card.module.css";

interface Props {
  readonly title?: ReactNode;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Tables and lists run to the border. */
  readonly flush?: boolean;
  readonly tone?: "danger";
}

/** A titled panel with a hairline border. */
export function Card({ title, hint, actions, children, flush = false, tone }: Props) {
  return (
    <section className={classes["root"]} data-tone={tone}>
      {(title !== undefined || actions !== undefined) && (
        <header className={classes["head"]}>
          <div>
            {title !== undefined && <h2>{title}</h2>}
            {hint !== undefined && <p>{hint}</p>}
          </div>
          {actions !== undefined && <div className={classes["actions"]}>{actions}</div>}
        </header>
      )}
      <div className={classes["body"]} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}
