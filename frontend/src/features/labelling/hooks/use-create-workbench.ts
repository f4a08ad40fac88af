import { useEffect, useMemo, useRef, useState } from "react";
import { can } from "@/api/permissions";
import type { Label, Project } from "@/api/types";
import { Editor } from "@/canvas/editor";
import type { ToolId } from "@/canvas/tools/tool";
import type { Saver } from "@/sync/saver";
import { workApi } from "../api/work";
import { Announcer } from "../lib/announcer";
import { CanvasStage } from "../lib/canvas-stage";
import { classKeys, usable } from "../lib/class-keys";
import { PictureCache, pictureBudget } from "../lib/picture-cache";
import { WorkSession } from "../lib/work-session";
import type { Workbench } from "./workbench";

interface Ingredients {
  readonly project: Project;
  readonly labels: readonly Label[];
  readonly saver: Saver;
  readonly mode: "queue" | "browse";
}

const FIRST_TOOL: Readonly<Record<Project["task"], ToolId>> = {
  detect: "box",
  segment: "polygon",
  classify: "select",
};

function createParts({ project, saver, mode }: Ingredients) {
  const editor = new Editor();
  const pictures = new PictureCache(pictureBudget());
  const stage = new CanvasStage(editor, pictures);
  const mayEdit = can(project.role, "annotations.edit");
  const session = new WorkSession({
    project: project.id,
    mode,
    mayEdit,
    api: workApi,
    saver,
    stage,
  });
  editor.setTool(FIRST_TOOL[project.task]);
  return { editor, pictures, stage, session, announcer: new Announcer() };
}

/** One editor and one session for as long as the page is open, whatever image is in it. */
export function useCreateWorkbench(ingredients: Ingredients) {
  const { project, labels, saver } = ingredients;
  const [parts] = useState(() => createParts(ingredients));
  const canvas = useRef<HTMLDivElement>(null);
  const { editor, pictures } = parts;
  useEffect(() => () => pictures.clear(), [pictures]);

  const schema = useMemo(() => {
    const byId = new Map(labels.map((label) => [label.id, label]));
    const offered = usable(labels);
    const keys = classKeys(offered);
    return {
      labels: offered,
      labelOf: (id: number) => byId.get(id),
      keyOf: (id: number) => keys.get(id),
    };
  }, [labels]);

  useEffect(() => {
    editor.setLabels((id) => {
      const label = schema.labelOf(id);
      return label === undefined
        ? { name: "Unknown class", color: "#8a8f98" }
        : { name: label.name, color: label.color };
    });
    const { activeLabel } = editor.getSnapshot();
    const offered = schema.labels.some(({ id }) => id === activeLabel);
    if (!offered) editor.setActiveLabel(schema.labels[0]?.id ?? null);
  }, [editor, schema]);

  const workbench = useMemo<Workbench>(
    () => ({
      ...parts,
      ...schema,
      project,
      saver,
      focusCanvas: () => canvas.current?.focus({ preventScroll: true }),
    }),
    [parts, schema, project, saver],
  );
  return { workbench, canvas };
}
