import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useStoredState } from "@/lib/stored-state";
import { useWorkbench } from "../hooks/workbench";
import { AttributesPanel } from "./AttributesPanel";
import { ClassesPanel } from "./ClassesPanel";
import { InfoPanel } from "./InfoPanel";
import { ObjectsPanel } from "./ObjectsPanel";
import classes from "./Panel.module.css";
import { SuggestionsPanel } from "./SuggestionsPanel";
import { TagsPanel } from "./TagsPanel";

const NARROWEST = 240;
const WIDEST = 480;
const isWidth = (value: unknown): value is number =>
  typeof value === "number" && value >= NARROWEST && value <= WIDEST;
const clamp = (width: number) => Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)));

/** Everything about the open image in words: the part that works without seeing the canvas. */
export function RightPanel() {
  const { project } = useWorkbench();
  const [width, setWidth] = useStoredState("labelling-panel-width", 280, isWidth);
  const classify = project.task === "classify";
  return (
    <aside className={classes["panel"]} style={{ width }} aria-label="Image and objects">
      <Resizer width={width} onChange={setWidth} />
      {classify ? <TagsPanel big /> : <ClassesPanel />}
      <SuggestionsPanel />
      {!classify && <ObjectsPanel />}
      <AttributesPanel />
      {!classify && <TagsPanel />}
      <InfoPanel />
    </aside>
  );
}

interface ResizerProps {
  readonly width: number;
  readonly onChange: (width: number) => void;
}

function Resizer({ width, onChange }: ResizerProps) {
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const move = (event: PointerEvent) => {
    if (from.current !== null) onChange(clamp(from.current.width + from.current.x - event.clientX));
  };
  const nudge = (event: KeyboardEvent) => {
    const step = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
    if (step !== undefined) onChange(clamp(width + step));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is dragged has no element of its own.
    <div
      className={classes["resizer"]}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={move}
      onPointerUp={() => {
        from.current = null;
      }}
      onKeyDown={nudge}
    />
  );
}
