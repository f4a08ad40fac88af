import { ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";
import { isBoolean, useStoredState } from "@/lib/stored-state";
import classes from "./Panel.module.css";

interface Props {
  readonly name: string;
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Takes the room that others leave. */
  readonly grows?: boolean;
  readonly openAtFirst?: boolean;
}

/** A part of the right panel that folds; the browser remembers how. */
export function Section(props: Props) {
  const { name, title, note, actions, children, grows = false, openAtFirst = true } = props;
  const [open, setOpen] = useStoredState(`labelling-section-${name}`, openAtFirst, isBoolean);
  const body = useId();
  return (
    <section className={classes["section"]} data-grows={(grows && open) || undefined}>
      <header className={classes["head"]}>
        <button
          type="button"
          className={classes["fold"]}
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <ChevronDown size={14} />
          <h2>{title}</h2>
          {note !== undefined && <span className={classes["note"]}>{note}</span>}
        </button>
        {open && actions}
      </header>
      <div id={body} className={classes["body"]} hidden={!open}>
        {open && children}
      </div>
    </section>
  );
}
