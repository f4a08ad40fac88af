import { Portal } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Label } from "@/api/types";
import type { PaletteSpot } from "../hooks/use-dialogs";
import { useWorkbench } from "../hooks/workbench";
import { chooseTag } from "../lib/decisions";
import { findLabels } from "../lib/find-labels";
import classes from "./ClassPalette.module.css";

const WIDTH = 240;
const HEIGHT = 320;
/** Classes chosen last come first; kept as long as the page is open. */
const recent: number[] = [];

interface Props {
  readonly at: PaletteSpot | null;
  readonly onClose: () => void;
}

/** Finds a class by its name, under the pointer: for schemas with more classes than digits. */
export function ClassPalette({ at, onClose }: Props) {
  const { editor, focusCanvas, project } = useWorkbench();
  if (at === null) return null;
  const close = () => {
    onClose();
    focusCanvas();
  };
  const choose = ({ id }: Label) => {
    recent.splice(0, recent.length, id, ...recent.filter((one) => one !== id));
    if (project.task === "classify") chooseTag(editor, id, false);
    else editor.pickLabel(id);
    close();
  };
  return (
    <Portal>
      <Palette at={at} onChoose={choose} onClose={close} />
    </Portal>
  );
}

interface PaletteProps {
  readonly at: PaletteSpot;
  readonly onChoose: (label: Label) => void;
  readonly onClose: () => void;
}

function Palette({ at, onChoose, onClose }: PaletteProps) {
  const { labels, keyOf } = useWorkbench();
  const [search, setSearch] = useState("");
  const [marked, setMarked] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = findLabels(labels, search, recent);
  useEffect(() => field.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    const label = found[marked];
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && label !== undefined) onChoose(label);
    else if (event.key === "ArrowDown") setMarked(Math.min(marked + 1, found.length - 1));
    else if (event.key === "ArrowUp") setMarked(Math.max(marked - 1, 0));
    else return;
    event.preventDefault();
  };
  const left = Math.max(8, Math.min(at.x, window.innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(at.y, window.innerHeight - HEIGHT - 8));
  return (
    <div
      className={classes["root"]}
      role="dialog"
      aria-label="Find a class"
      style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onClose();
      }}
    >
      <input
        ref={field}
        className={classes["field"]}
        placeholder="Class…"
        aria-label="Class"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[marked] && `${list}-${found[marked].id}`}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setMarked(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label="Classes" className={classes["list"]}>
        {found.map((label, at) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the marked class.
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys.
          <div
            key={label.id}
            id={`${list}-${label.id}`}
            role="option"
            aria-selected={at === marked}
            className={classes["option"]}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(label)}
            onPointerEnter={() => setMarked(at)}
          >
            <span className={classes["swatch"]} style={{ background: label.color }} />
            <span className={classes["name"]}>{label.name}</span>
            <span className={classes["key"]}>{keyOf(label.id)}</span>
          </div>
        ))}
        {found.length === 0 && <p className={classes["none"]}>No class is called that.</p>}
      </div>
    </div>
  );
}
