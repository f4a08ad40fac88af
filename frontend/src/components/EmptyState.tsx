import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

interface Props {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What to do next, in a sentence. */
  readonly children?: ReactNode;
  /** The button that does it. */
  readonly action?: ReactNode;
  readonly compact?: boolean;
}

/** What a list shows when it has nothing: why, and the next step. */
export function EmptyState({ icon: Icon, title, children, action, compact = false }: Props) {
  return (
    <div className={classes["root"]} data-compact={compact || undefined}>
      <span className={classes["icon"]}>
        <Icon size={20} strokeWidth={1.75} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={classes["action"]}>{action}</div>}
    </div>
  );
}
