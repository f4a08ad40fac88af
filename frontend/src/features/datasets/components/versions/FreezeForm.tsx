import { Button, Group, Skeleton, Switch, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone } from "@/components/notify";
import { formatCount } from "@/lib/format";
import { DEFAULT_SPLIT, ruleOf, splitProblem } from "../../lib/splits";
import { freezeVersion, isJob, splitPreviewQuery } from "../../versions-api";
import datasets from "../datasets.module.css";
import { SplitFields } from "./SplitFields";
import { SplitPreviewView } from "./SplitPreviewView";
import classes from "./versions.module.css";

interface Props {
  readonly projectId: string;
  readonly onDone: () => void;
}

/** How to freeze on the left, what that gives on the right, before anything is written. */
export function FreezeForm({ projectId, onDone }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [notes, setNotes] = useState("");
  const [split, setSplit] = useState(DEFAULT_SPLIT);
  const [refresh, setRefresh] = useState(false);
  const problem = splitProblem(split);
  const [rule] = useDebouncedValue({ ...ruleOf(split), refresh_held_out: refresh }, 300);
  const preview = useQuery({
    ...splitPreviewQuery(projectId, rule),
    enabled: rule.fractions.train > 0,
  });
  const freeze = useMutation({
    mutationFn: () =>
      freezeVersion(projectId, { ...ruleOf(split), name, notes, refresh_held_out: refresh }),
    onSuccess: (answer) => {
      void client.invalidateQueries({ queryKey: keys.versions(projectId) });
      void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
      notifyDone(
        isJob(answer)
          ? "The version is being frozen; it appears here when it is done."
          : `Version ${answer.number} is frozen.`,
      );
      onDone();
    },
  });
  const count = preview.data?.images ?? 0;
  return (
    <form
      className={classes["freeze"]}
      onSubmit={(event) => {
        event.preventDefault();
        freeze.mutate();
      }}
    >
      <div className={datasets["form"]}>
        <TextInput
          label="Name"
          placeholder="optional"
          value={name}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Notes"
          placeholder="What is special about it"
          autosize
          minRows={2}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <SplitFields projectId={projectId} value={split} onChange={setSplit} />
        <Switch
          label="Draw validation and test anew"
          description="Figures of earlier models can then not be compared any more."
          checked={refresh}
          onChange={(event) => setRefresh(event.currentTarget.checked)}
        />
      </div>
      <aside className={classes["preview"]} aria-label="What freezing gives" aria-live="polite">
        <h3>{count > 0 ? `${formatCount(count)} labelled images` : "Preview"}</h3>
        {preview.isPending && problem === null && <Skeleton height={180} />}
        {preview.isError && <ErrorNotice error={preview.error} />}
        {preview.isSuccess && count === 0 && (
          <p className={datasets["note"]}>No image is labelled yet. Submit some images first.</p>
        )}
        {count > 0 && preview.data !== undefined && <SplitPreviewView preview={preview.data} />}
      </aside>
      <footer>
        {freeze.isError && <ErrorNotice error={freeze.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={freeze.isPending}
            disabled={problem !== null || count === 0}
          >
            Freeze
          </Button>
        </Group>
      </footer>
    </form>
  );
}
