import type { ReactNode } from "react";
import classes from "./FullPageMessage.module.css";
import { Logo } from "./Logo";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** A page that has only one thing to say. */
export function FullPageMessage({ title, children, action }: Props) {
  return (
    <div className={classes["root"]}>
      <div className={classes["box"]}>
        <Logo size={28} />
        <h1>{title}</h1>
        <p>{children}</p>
        {action}
      </div>
    </div>
  );
}
