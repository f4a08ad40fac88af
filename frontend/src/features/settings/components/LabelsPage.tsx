import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Tags } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { keys } from "@/api/keys";
import { labelsQuery, useCan } from "@/api/queries/project";
import type { LabelSchema } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone } from "@/components/notify";
import { saveLabels } from "../api";
import {
  addLabel,
  type Draft,
  depthOf,
  draftsOf,
  moveLabel,
  patchLabel,
  possibleParents,
  problemsOf,
  removeLabel,
} from "../lib/draft";
import { LabelRow } from "./LabelRow";
import classes from "./LabelsPage.module.css";
import { SettingsFrame } from "./SettingsFrame";

/** What the project looks for: the classes with colour, key, order, hierarchy and attributes. */
export default function LabelsPage({ projectId }: { readonly projectId: string }) {
  const query = useQuery(labelsQuery(projectId));
  return (
    <SettingsFrame projectId={projectId} tab="labels">
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Skeleton height={240} />}
      {query.data !== undefined && <Editor projectId={projectId} schema={query.data} />}
    </SettingsFrame>
  );
}

function Editor({
  projectId,
  schema,
}: {
  readonly projectId: string;
  readonly schema: LabelSchema;
}) {
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => draftsOf(schema.labels));
  const [dirty, setDirty] = useState(false);
  // The revision that the drafts were made on: news from others never replaces what is being typed.
  const [revision, setRevision] = useState(schema.schema_revision);
  const [dragged, setDragged] = useState<string | null>(null);
  const fresh = useRef(1);
  const client = useQueryClient();
  const mayEdit = useCan(projectId, "schema.edit");
  const problems = problemsOf(drafts);
  const change = (next: readonly Draft[]) => {
    setDrafts(next);
    setDirty(true);
  };
  const restart = (from: LabelSchema) => {
    setDrafts(draftsOf(from.labels));
    setRevision(from.schema_revision);
    setDirty(false);
  };
  if (!dirty && schema.schema_revision !== revision) restart(schema);
  const add = () => change(addLabel(drafts, `new-${fresh.current++}`));
  const save = useMutation({
    mutationFn: () => saveLabels(projectId, revision, drafts),
    onSuccess: (saved) => {
      client.setQueryData(keys.labels(projectId), saved);
      restart(saved);
      void client.invalidateQueries({ queryKey: keys.project(projectId) });
      notifyDone("Classes saved.");
    },
  });
  useWarnBeforeLeaving(dirty);
  const discard = () => {
    restart(schema);
    save.reset();
  };

  if (drafts.length === 0 && !mayEdit)
    return <EmptyState icon={Tags} title="No classes yet" compact />;
  return (
    <>
      {drafts.length === 0 ? (
        <EmptyState
          icon={Tags}
          title="No classes yet"
          compact
          action={
            <Button leftSection={<Plus size={15} />} onClick={add}>
              Add a class
            </Button>
          }
        >
          A class is something you look for in the images: “car”, “bird”, “crack”.
        </EmptyState>
      ) : (
        <ul className={classes["list"]}>
          {drafts.map((draft) => (
            <LabelRow
              key={draft.key}
              draft={draft}
              depth={depthOf(drafts, draft.key)}
              parents={possibleParents(drafts, draft.key)}
              problem={dirty ? problems[draft.key] : undefined}
              readOnly={!mayEdit}
              dragged={dragged}
              onDrag={setDragged}
              onDrop={() => {
                if (dragged !== null) change(moveLabel(drafts, dragged, draft.key));
                setDragged(null);
              }}
              onStep={(step) => {
                const index = drafts.findIndex((one) => one.key === draft.key);
                const target = drafts[index + step];
                if (target !== undefined) change(moveLabel(drafts, draft.key, target.key));
              }}
              onChange={(patch) => change(patchLabel(drafts, draft.key, patch))}
              onRemove={() => change(removeLabel(drafts, draft.key))}
            />
          ))}
        </ul>
      )}
      {mayEdit && drafts.length > 0 && (
        <Button variant="subtle" leftSection={<Plus size={15} />} mt="xs" onClick={add}>
          Add a class
        </Button>
      )}
      {dirty && (
        <footer className={classes["bar"]}>
          {save.isError ? <ErrorNotice error={save.error} /> : <span>Unsaved changes</span>}
          <Button variant="default" onClick={discard}>
            Discard
          </Button>
          <Button
            loading={save.isPending}
            disabled={Object.keys(problems).length > 0}
            onClick={() => save.mutate()}
          >
            Save classes
          </Button>
        </footer>
      )}
    </>
  );
}

function useWarnBeforeLeaving(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [active]);
}
