import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Label, Project } from "@/api/types";
import { isBoolean, useStoredState } from "@/lib/stored-state";
import type { Saver } from "@/sync/saver";
import { useCommands } from "../hooks/use-commands";
import { useCreateWorkbench } from "../hooks/use-create-workbench";
import { useDialogs } from "../hooks/use-dialogs";
import { useFlow } from "../hooks/use-flow";
import { useHotkeys } from "../hooks/use-hotkeys";
import { useNotices } from "../hooks/use-notices";
import { usePresence } from "../hooks/use-presence";
import { useSaving } from "../hooks/use-saving";
import { useThreshold } from "../hooks/use-threshold";
import { useWork, WorkbenchProvider } from "../hooks/workbench";
import { CanvasArea } from "./CanvasArea";
import { CheatSheet } from "./CheatSheet";
import { ClassPalette } from "./ClassPalette";
import { ConflictDialog } from "./ConflictDialog";
import { Filmstrip } from "./Filmstrip";
import { RightPanel } from "./RightPanel";
import { SkipDialog } from "./SkipDialog";
import { ToolRail } from "./ToolRail";
import { WorkBar } from "./WorkBar";
import classes from "./WorkbenchPage.module.css";

interface Props {
  readonly project: Project;
  readonly labels: readonly Label[];
  readonly saver: Saver;
  readonly mode: "queue" | "browse";
  /** In browse mode null means: whichever is first. */
  readonly imageId: string | null;
  readonly darkness: [boolean, (dark: boolean) => void];
}

/** The panel tells about an image: without one there is nothing to tell. */
function RightPanelOfImage() {
  return useWork().work === null ? null : <RightPanel />;
}

/** The labelling page: everything around one canvas. */
export function WorkbenchPage({ project, labels, saver, mode, imageId, darkness }: Props) {
  const { workbench, canvas } = useCreateWorkbench({ project, labels, saver, mode });
  const { editor, session } = workbench;
  const [focused, setFocused] = useState(false);
  const [strip, setStrip] = useStoredState("labelling-filmstrip", true, isBoolean);
  const dialogs = useDialogs();
  const navigate = useNavigate();
  const goTo = useMemo(
    () => (id: string) =>
      void navigate({
        to: "/projects/$projectId/label/$imageId",
        params: { projectId: project.id, imageId: id },
      }),
    [navigate, project.id],
  );
  const flow = useFlow(workbench, goTo, dialogs);
  const commands = useCommands(workbench, flow, dialogs, {
    toggleFocus: () => setFocused((now) => !now),
    leaveFocus: () => setFocused(false),
    focused,
  });
  useHotkeys(commands, canvas);
  useSaving(editor, saver);
  usePresence(session);
  useThreshold(editor, project);
  useNotices(workbench);
  useEffect(() => {
    if (imageId !== null) void session.openImage(imageId);
    else void (mode === "queue" ? session.openNext() : session.openFirst());
  }, [session, mode, imageId]);

  return (
    <WorkbenchProvider value={workbench}>
      <div className={classes["root"]} data-focused={focused || undefined}>
        {!focused && <ToolRail onHelp={dialogs.openHelp} />}
        <div className={classes["middle"]}>
          <WorkBar flow={flow} dialogs={dialogs} darkness={darkness} />
          <CanvasArea host={canvas} flow={flow} />
          {!focused && <Filmstrip open={strip} onToggle={() => setStrip(!strip)} flow={flow} />}
        </div>
        {!focused && <RightPanelOfImage />}
      </div>
      <CheatSheet opened={dialogs.open === "help"} onClose={dialogs.close} commands={commands} />
      <ClassPalette at={dialogs.palette} onClose={dialogs.close} />
      <SkipDialog opened={dialogs.open === "skip"} onClose={dialogs.close} onSkip={flow.skip} />
      <ConflictDialog opened={dialogs.open === "conflicts"} onClose={dialogs.close} />
    </WorkbenchProvider>
  );
}
