import { useEffect } from "react";
import type { Project } from "@/api/types";
import type { Editor } from "@/canvas/editor";

export const THRESHOLD_STEP = 0.05;
const nameOf = (project: string) => `marquee-threshold-${project}`;

function stored(project: string, fallback: number): number {
  const text = localStorage.getItem(nameOf(project));
  const value = text === null ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : fallback;
}

/** Each project remembers from which confidence on suggestions are shown. */
export function useThreshold(editor: Editor, { id: project, settings }: Project): void {
  const { prediction_threshold: first } = settings;
  useEffect(() => {
    editor.setThreshold(stored(project, first));
    return editor.watch(
      (snapshot) => snapshot.threshold,
      (threshold) => localStorage.setItem(nameOf(project), String(threshold)),
    );
  }, [editor, project, first]);
}

/** The next step up or down, on a grid so that 0.3 stays 0.3. */
export const stepThreshold = (threshold: number, direction: 1 | -1): number =>
  Math.min(
    1,
    Math.max(
      0,
      (Math.round((threshold / THRESHOLD_STEP + direction) * 1000) / 1000) * THRESHOLD_STEP,
    ),
  );
