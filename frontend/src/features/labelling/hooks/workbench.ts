import { createContext, useContext, useSyncExternalStore } from "react";
import type { Label, Project } from "@/api/types";
import type { Editor } from "@/canvas/editor";
import type { EditorSnapshot } from "@/canvas/scene/snapshot";
import type { Saver } from "@/sync/saver";
import type { Announcer } from "../lib/announcer";
import type { CanvasStage } from "../lib/canvas-stage";
import type { WorkSession } from "../lib/work-session";
import type { WorkState } from "../lib/work-state";

/** What the parts of the labelling page share. */
export interface Workbench {
  readonly project: Project;
  readonly editor: Editor;
  readonly stage: CanvasStage;
  readonly session: WorkSession;
  readonly saver: Saver;
  readonly announcer: Announcer;
  /** Classes that can be given, in order. */
  readonly labels: readonly Label[];
  readonly labelOf: (id: number) => Label | undefined;
  /** The digit of a class, if it has one. */
  readonly keyOf: (id: number) => string | undefined;
  readonly focusCanvas: () => void;
}

const Context = createContext<Workbench | null>(null);
export const WorkbenchProvider = Context.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(Context);
  if (workbench === null) throw new Error("useWorkbench needs a WorkbenchProvider.");
  return workbench;
}

/** A part of the editor's state; the selector gives a primitive or something of stable identity. */
export function useEditorValue<T>(select: (snapshot: EditorSnapshot) => T): T {
  const { editor } = useWorkbench();
  return useSyncExternalStore(editor.subscribe, () => select(editor.getSnapshot()));
}

export function useWork(): WorkState {
  const { session } = useWorkbench();
  return useSyncExternalStore(session.subscribe, session.getState);
}

export const labelName = (workbench: Pick<Workbench, "labelOf">, id: number): string =>
  workbench.labelOf(id)?.name ?? "Unknown class";

export const labelColor = (workbench: Pick<Workbench, "labelOf">, id: number): string =>
  workbench.labelOf(id)?.color ?? "#8a8f98";
