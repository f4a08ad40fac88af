import { Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play, SearchCheck, Undo2, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { formatCount } from "@/lib/format";
import { resumeImport, undoImport } from "../../import-api";
import type { ImportFailure } from "../../import-types";
import { isUndo } from "../../lib/import-jobs";
import { CancelChoice } from "./CancelChoice";
import classes from "./import.module.css";

/** An import on its way, which can be stopped in two ways. */
export function Running({
  job,
  onUndo,
}: {
  readonly job: Job;
  readonly onUndo: (job: Job) => void;
}) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const undoing = isUndo(job);
  const stop = useMutation({
    mutationFn: async (rollBack: boolean) => (rollBack ? undoImport(job.id) : cancelJob(job.id)),
    onSuccess: (answer) => {
      setAsking(false);
      if (answer.id === job.id) void client.invalidateQueries({ queryKey: keys.job(job.id) });
      else onUndo(answer);
    },
    onError: notifyError,
  });
  const known = job.total !== null && job.total > 0;
  return (
    <Card
      title={undoing ? "Taking the import back" : "Importing"}
      hint="This goes on when you leave the page."
    >
      <div className={classes["running"]} role="status">
        <span>
          {job.state === "queued" ? "Waiting for a worker" : job.message || "Starting"}
          {known && ` · ${formatCount(job.done)} of ${formatCount(job.total ?? 0)}`}
        </span>
        {!undoing && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<X size={13} />}
            onClick={() => setAsking(true)}
          >
            Cancel
          </Button>
        )}
        <Progress
          value={known ? (100 * job.done) / (job.total ?? 1) : 100}
          animated={!known}
          aria-label="Progress"
        />
      </div>
      <CancelChoice
        opened={asking}
        busy={stop.isPending}
        onClose={() => setAsking(false)}
        onStop={stop.mutate}
      />
    </Card>
  );
}

interface StoppedProps {
  readonly job: Job;
  readonly onFollow: (job: Job) => void;
  readonly onLook: () => void;
}

/** An import that did not get to its end: it can go on, or be taken back. */
export function Stopped({ job, onFollow, onLook }: StoppedProps) {
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () => resumeImport(job.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.job(job.id) }),
  });
  const undo = useMutation({ mutationFn: () => undoImport(job.id), onSuccess: onFollow });
  const error = resume.error ?? undo.error;
  const changed = (job.result as ImportFailure).failure?.code === "conflict";
  if (changed)
    return (
      <Card title="The import did not begin">
        <div className={classes["column"]}>
          <ErrorNotice error={new Error(job.error)} />
          <div className={classes["buttons"]}>
            <Button leftSection={<SearchCheck size={14} />} onClick={onLook}>
              Back to what was found
            </Button>
          </div>
        </div>
      </Card>
    );
  return (
    <Card title={job.state === "cancelled" ? "The import was cancelled" : "The import stopped"}>
      <div className={classes["column"]}>
        {job.error !== "" && <ErrorNotice error={new Error(job.error)} />}
        {error !== null && <ErrorNotice error={error} />}
        <p className={classes["note"]}>
          What came in so far is in the project. The import can go on where it stopped, or be taken
          back.
        </p>
        <div className={classes["buttons"]}>
          <Button
            leftSection={<Play size={14} />}
            loading={resume.isPending}
            onClick={() => resume.mutate()}
          >
            Go on
          </Button>
          {!isUndo(job) && (
            <Button
              variant="default"
              leftSection={<Undo2 size={14} />}
              loading={undo.isPending}
              onClick={() => undo.mutate()}
            >
              Take it back
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}
