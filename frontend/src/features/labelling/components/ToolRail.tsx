import { Tooltip } from "@mantine/core";
import {
  Brush,
  Circle,
  CircleHelp,
  Eraser,
  type LucideIcon,
  Magnet,
  MousePointer2,
  Pentagon,
  RectangleHorizontal,
  Spline,
  Square,
} from "lucide-react";
import type { ToolId } from "@/canvas/tools/tool";
import { useEditorValue, useWorkbench } from "../hooks/workbench";
import classes from "./ToolRail.module.css";

interface ToolButton {
  readonly id: ToolId;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly keyName?: string;
  readonly turned?: boolean;
}

const TOOLS: readonly ToolButton[] = [
  { id: "select", icon: MousePointer2, title: "Select and move", keyName: "V" },
  { id: "box", icon: Square, title: "Box", keyName: "B" },
  { id: "rotated_box", icon: RectangleHorizontal, title: "Rotated box", turned: true },
  { id: "polygon", icon: Pentagon, title: "Polygon", keyName: "P" },
  { id: "ellipse", icon: Circle, title: "Ellipse" },
  { id: "polyline", icon: Spline, title: "Line" },
  { id: "brush", icon: Brush, title: "Brush", keyName: "R" },
  { id: "eraser", icon: Eraser, title: "Eraser", keyName: "E" },
];

const hint = (title: string, keyName?: string) =>
  keyName === undefined ? (
    title
  ) : (
    <>
      {title} <kbd className={classes["key"]}>{keyName}</kbd>
    </>
  );

/** The tools, on the left: one is chosen until another is. */
export function ToolRail({ onHelp }: { readonly onHelp: () => void }) {
  const { editor, focusCanvas, project } = useWorkbench();
  const tool = useEditorValue((snapshot) => snapshot.tool);
  const readOnly = useEditorValue((snapshot) => snapshot.readOnly);
  const snap = useEditorValue((snapshot) => snapshot.snap);
  const tools = project.task === "classify" ? TOOLS.slice(0, 1) : TOOLS;
  return (
    <div className={classes["root"]} role="toolbar" aria-label="Tools" aria-orientation="vertical">
      {tools.map(({ id, icon: Icon, title, keyName, turned }) => (
        <Tooltip key={id} label={hint(title, keyName)} position="right">
          <button
            type="button"
            className={classes["tool"]}
            aria-label={title}
            aria-keyshortcuts={keyName}
            aria-pressed={tool === id}
            disabled={readOnly && id !== "select"}
            onClick={() => {
              editor.setTool(id);
              focusCanvas();
            }}
          >
            <Icon size={18} strokeWidth={1.75} {...(turned ? { transform: "rotate(-30)" } : {})} />
          </button>
        </Tooltip>
      ))}
      {project.task !== "classify" && (
        <>
          <span className={classes["line"]} aria-hidden="true" />
          <Tooltip label={hint("Snap to borders and neighbours", "G")} position="right">
            <button
              type="button"
              className={classes["tool"]}
              aria-label="Snap to borders and neighbours"
              aria-keyshortcuts="G"
              aria-pressed={snap}
              onClick={() => editor.setSnap(!snap)}
            >
              <Magnet size={18} strokeWidth={1.75} />
            </button>
          </Tooltip>
        </>
      )}
      <span className={classes["rest"]} />
      <Tooltip label={hint("All keys", "?")} position="right">
        <button type="button" className={classes["tool"]} aria-label="All keys" onClick={onHelp}>
          <CircleHelp size={18} strokeWidth={1.75} />
        </button>
      </Tooltip>
    </div>
  );
}
