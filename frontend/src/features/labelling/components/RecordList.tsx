import { useVirtualizer } from "@tanstack/react-virtual";
import { EyeOff, Lock, Sparkles } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef } from "react";
import type { ShapeRecord } from "@/canvas/scene/records";
import { labelColor, labelName, useEditorValue, useWorkbench } from "../hooks/workbench";
import { percent } from "../lib/decisions";
import { kindName, sizeText } from "../lib/object-list";
import classes from "./Panel.module.css";

const ROW_HEIGHT = 28;

interface Props {
  readonly name: string;
  readonly records: readonly ShapeRecord[];
  readonly short?: boolean;
  /** What Delete does with the selection here. */
  readonly onDelete: () => void;
}

/** Objects as a list that keyboards and screen readers can use: it selects what the canvas selects. */
export function RecordList({ name, records, short = false, onDelete }: Props) {
  const { editor } = useWorkbench();
  const selection = useEditorValue((snapshot) => snapshot.selection);
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const rows = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const focus = records.findIndex(({ id }) => id === selection.at(-1));
  useEffect(() => {
    if (focus >= 0) rows.scrollToIndex(focus);
  }, [rows, focus]);

  const go = (at: number, add: boolean) => {
    const record = records[Math.min(Math.max(at, 0), records.length - 1)];
    if (record === undefined) return;
    const rest = add ? selection.filter((id) => id !== record.id) : [];
    editor.select([...rest, record.id]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: focus + 1,
      ArrowUp: focus < 0 ? records.length - 1 : focus - 1,
      Home: 0,
      End: records.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) go(to, event.shiftKey);
    else if (event.key === "Enter") editor.zoomToSelection();
    else if (event.key === "Delete" || event.key === "Backspace") onDelete();
    else if (event.key === "Escape") editor.select([]);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent, id: string) => {
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!add) editor.select([id]);
    else
      editor.select(
        selection.includes(id) ? selection.filter((one) => one !== id) : [...selection, id],
      );
  };
  return (
    <div
      ref={scroller}
      className={classes["list"]}
      data-short={short || undefined}
      role="listbox"
      aria-label={name}
      aria-multiselectable="true"
      aria-activedescendant={focus >= 0 ? `${prefix}-${records[focus]?.id}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
        {rows.getVirtualItems().map(({ index, start }) => {
          const record = records[index];
          return (
            record !== undefined && (
              <Row
                key={record.id}
                id={`${prefix}-${record.id}`}
                record={record}
                top={start}
                position={index + 1}
                total={records.length}
                onClick={onClick}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly record: ShapeRecord;
  readonly top: number;
  readonly position: number;
  readonly total: number;
  readonly onClick: (event: MouseEvent, id: string) => void;
}

function Row({ id, record, top, position, total, onClick }: RowProps) {
  const workbench = useWorkbench();
  const { editor } = workbench;
  const selected = useEditorValue((snapshot) => snapshot.selection.includes(record.id));
  const hovered = useEditorValue((snapshot) => snapshot.hovered === record.id);
  const locked = useEditorValue((snapshot) => snapshot.locked.has(record.id));
  const hidden = useEditorValue(
    ({ visibility }) =>
      visibility.hiddenShapes.has(record.id) || visibility.hiddenLabels.has(record.label),
  );
  const suggested = record.source === "prediction" || record.source === "prediction_edited";
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names the active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its rows.
    <div
      id={id}
      role="option"
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      className={classes["row"]}
      data-dim={hidden || undefined}
      data-shown-hover={hovered || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onClick(event, record.id)}
      onDoubleClick={() => editor.zoomToSelection()}
      onPointerEnter={() => editor.setHovered(record.id)}
      onPointerLeave={() => editor.setHovered(null)}
    >
      <span
        className={classes["swatch"]}
        style={{ background: labelColor(workbench, record.label) }}
      />
      <span className={classes["name"]}>{labelName(workbench, record.label)}</span>
      {suggested && !record.prediction && (
        <Sparkles size={12} aria-label="from a suggestion" opacity={0.6} />
      )}
      {locked && <Lock size={12} aria-label="locked" />}
      {hidden && <EyeOff size={12} aria-label="hidden" />}
      <span className={classes["detail"]}>
        {record.prediction ? percent(record.score ?? 0) : sizeText(record)}
      </span>
      <span hidden>{kindName(record)}</span>
    </div>
  );
}
