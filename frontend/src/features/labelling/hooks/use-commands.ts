import { useMemo } from "react";
import type { ToolId } from "@/canvas/tools/tool";
import { plural } from "@/lib/format";
import { chooseTag, decideFocused, percent } from "../lib/decisions";
import type { Command } from "../lib/hotkeys";
import type { Dialogs } from "./use-dialogs";
import type { Flow } from "./use-flow";
import { stepThreshold } from "./use-threshold";
import { labelName, type Workbench } from "./workbench";

interface FocusMode {
  readonly focused: boolean;
  readonly toggleFocus: () => void;
  readonly leaveFocus: () => void;
}

/** Where the pointer was last, so that the palette opens under it. */
const pointer = { x: 320, y: 240 };
if (typeof window !== "undefined")
  window.addEventListener(
    "pointermove",
    (event) => {
      pointer.x = event.clientX;
      pointer.y = event.clientY;
    },
    { passive: true },
  );

/** Every key of the page. */
export function useCommands(
  workbench: Workbench,
  flow: Flow,
  dialogs: Pick<Dialogs, "openHelp" | "openSkip" | "openPalette">,
  focus: FocusMode,
): readonly Command[] {
  const { openHelp, openSkip, openPalette } = dialogs;
  const { focused, toggleFocus, leaveFocus } = focus;
  return useMemo(
    () => [
      ...onlyWithImage(workbench, [
        ...classCommands(workbench),
        ...toolCommands(workbench),
        ...suggestionCommands(workbench),
        ...objectCommands(workbench, flow),
        ...viewCommands(workbench),
      ]),
      {
        id: "palette",
        title: "Find a class",
        group: "Classes",
        keys: ["Q", "/"],
        run: () => openPalette({ ...pointer }),
      },
      ...imageCommands(workbench, flow, openSkip),
      {
        id: "focus",
        title: "Focus mode: only the canvas",
        group: "View",
        keys: ["Mod+\\"],
        run: toggleFocus,
      },
      { id: "help", title: "All keys", group: "View", keys: ["?"], run: openHelp },
      {
        id: "escape",
        title: "Leave focus mode",
        group: "View",
        keys: ["Escape"],
        enabled: () => focused,
        run: leaveFocus,
      },
    ],
    [workbench, flow, openHelp, openSkip, openPalette, focused, toggleFocus, leaveFocus],
  );
}

/** Keys that act on an image mean nothing while none is open. */
function onlyWithImage({ session }: Workbench, commands: readonly Command[]): Command[] {
  const enabled = () => session.getState().phase === "open";
  return commands.map((command) => ({ ...command, enabled }));
}

function classCommands({ editor, labels, keyOf, project }: Workbench): Command[] {
  return labels.flatMap(({ id, name }) => {
    const key = keyOf(id);
    if (key === undefined) return [];
    const run = () =>
      project.task === "classify" ? chooseTag(editor, id, false) : editor.pickLabel(id);
    return [{ id: `class-${id}`, title: name, group: "Classes", keys: [key], run }];
  });
}

const TOOLS: readonly (readonly [ToolId, string, string])[] = [
  ["select", "Select and move", "V"],
  ["box", "Box", "B"],
  ["polygon", "Polygon", "P"],
  ["brush", "Brush", "R"],
  ["eraser", "Eraser", "E"],
];

function toolCommands({ editor, announcer }: Workbench): Command[] {
  const size = (factor: number) => {
    const now = editor.getSnapshot().brushSize;
    const step = Math.max(1, Math.round(now * 0.15)) * factor;
    editor.setBrushSize(now + step);
    announcer.say(`Brush ${editor.getSnapshot().brushSize} px`);
  };
  return [
    ...TOOLS.map(([id, title, key]) => ({
      id: `tool-${id}`,
      title,
      group: "Tools",
      keys: [key],
      run: () => editor.setTool(id),
    })),
    { id: "smaller", title: "Smaller brush", group: "Tools", keys: ["["], run: () => size(-1) },
    { id: "larger", title: "Larger brush", group: "Tools", keys: ["]"], run: () => size(1) },
    {
      id: "snap",
      title: "Snap to borders and neighbours",
      group: "Tools",
      keys: ["G"],
      run: () => {
        const snap = !editor.getSnapshot().snap;
        editor.setSnap(snap);
        announcer.say(snap ? "Snapping on" : "Snapping off");
      },
    },
  ];
}

function suggestionCommands(workbench: Workbench): Command[] {
  const { editor, announcer } = workbench;
  const group = "Suggestions";
  const decide = (accept: boolean) => {
    const done = decideFocused(editor, accept);
    const left = editor.getSnapshot().predictions.length;
    if (done === undefined) return announcer.say("No suggestion to decide on.");
    const what = `${labelName(workbench, done.label)} ${percent(done.score ?? 0)}`;
    announcer.say(`${accept ? "Accepted" : "Rejected"} ${what}, ${left} left`);
  };
  const threshold = (direction: 1 | -1) => {
    editor.setThreshold(stepThreshold(editor.getSnapshot().threshold, direction));
    const { predictions, predictionsBelow, threshold: now } = editor.getSnapshot();
    announcer.say(
      `Confidence from ${percent(now)}: ${predictions.length} shown, ${predictionsBelow} hidden`,
    );
  };
  return [
    {
      id: "accept",
      title: "Accept and go to the next",
      group,
      keys: ["A"],
      run: () => decide(true),
    },
    {
      id: "reject",
      title: "Reject and go to the next",
      group,
      keys: ["X"],
      run: () => decide(false),
    },
    {
      id: "accept-all",
      title: "Accept all shown",
      group,
      keys: ["Shift+A"],
      run: () => announcer.say(`Accepted ${plural(editor.acceptAll(), "suggestion")}`),
    },
    {
      id: "reject-below",
      title: "Reject all below the confidence",
      group,
      keys: ["Shift+X"],
      run: () => announcer.say(`Rejected ${plural(editor.rejectBelow(), "suggestion")}`),
    },
    { id: "less", title: "Lower confidence", group, keys: [","], run: () => threshold(-1) },
    { id: "more", title: "Higher confidence", group, keys: ["."], run: () => threshold(1) },
  ];
}

function objectCommands({ editor, announcer }: Workbench, flow: Flow): Command[] {
  const group = "Objects";
  const step = (by: 1 | -1) => () => editor.selectNext(by);
  const replay = (redo: boolean) => () => {
    const done = redo ? editor.redo() : editor.undo();
    if (done || (!redo && flow.offerUndo())) return;
    announcer.say(redo ? "Nothing to redo" : "Nothing to undo");
  };
  return [
    {
      id: "next-object",
      title: "Next object",
      group,
      keys: ["Tab"],
      canvasOnly: true,
      run: step(1),
    },
    {
      id: "previous-object",
      title: "Previous object",
      group,
      keys: ["Shift+Tab"],
      canvasOnly: true,
      run: step(-1),
    },
    {
      id: "delete",
      title: "Delete",
      group,
      keys: ["Delete", "Backspace"],
      run: () => void editor.deleteSelection(),
    },
    {
      id: "duplicate",
      title: "Duplicate",
      group,
      keys: ["Mod+D"],
      run: () => editor.duplicateSelection(),
    },
    { id: "all", title: "Select all", group, keys: ["Mod+A"], run: () => editor.selectAll() },
    { id: "lock", title: "Lock or unlock", group, keys: ["L"], run: () => toggleLock(editor) },
    { id: "undo", title: "Undo", group, keys: ["Mod+Z"], run: replay(false) },
    { id: "redo", title: "Redo", group, keys: ["Mod+Shift+Z", "Mod+Y"], run: replay(true) },
  ];
}

/** Locks the selection, or unlocks it when all of it is locked. */
export function toggleLock(editor: Workbench["editor"]): void {
  const { selection, locked } = editor.getSnapshot();
  editor.setLocked(selection, !selection.every((id) => locked.has(id)));
}

function viewCommands({ editor }: Workbench): Command[] {
  const group = "View";
  const hide = (hideAll: boolean) => () => editor.setVisibility({ hideAll });
  const others = () => {
    const { selection, visibility } = editor.getSnapshot();
    const only = visibility.only === null && selection.length > 0 ? new Set(selection) : null;
    editor.setVisibility({ only });
  };
  return [
    { id: "fit", title: "Show the whole image", group, keys: ["Z"], run: () => editor.zoomToFit() },
    {
      id: "zoom-selection",
      title: "Zoom to the selection",
      group,
      keys: ["Shift+Z"],
      run: () => editor.zoomToSelection(),
    },
    { id: "zoom-in", title: "Zoom in", group, keys: ["+", "="], run: () => editor.zoomBy(1.25) },
    { id: "zoom-out", title: "Zoom out", group, keys: ["-"], run: () => editor.zoomBy(0.8) },
    {
      id: "peek",
      title: "Hide everything while held",
      group,
      keys: ["H"],
      run: hide(true),
      release: hide(false),
    },
    { id: "others", title: "Hide the others", group, keys: ["Shift+H"], run: others },
  ];
}

function imageCommands(
  { saver, announcer }: Workbench,
  flow: Flow,
  openSkip: () => void,
): Command[] {
  const group = "Images";
  return [
    {
      id: "submit",
      title: "Submit and next",
      group,
      keys: ["Enter", "Mod+Enter"],
      run: () => void flow.submit(),
    },
    { id: "next", title: "Next image", group, keys: ["F"], run: () => void flow.next() },
    {
      id: "previous",
      title: "Previous image",
      group,
      keys: ["D"],
      run: () => void flow.previous(),
    },
    { id: "skip", title: "Skip", group, keys: ["S"], run: openSkip },
    {
      id: "save",
      title: "Save now (it saves by itself)",
      group,
      keys: ["Mod+S"],
      run: () =>
        void saver
          .flush()
          .then((saved) => announcer.say(saved ? "Everything is saved." : "Kept here.")),
    },
  ];
}
