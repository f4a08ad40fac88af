import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderPlus, Images, Play, Undo2, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob, isActive, jobQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyError } from "@/components/notify";
import { PageLoading } from "@/components/PageLoading";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatCount, plural } from "@/lib/format";
import { reportQuery, resumeImport, undoImport } from "../../import-api";
import type { ImportReport } from "../../import-types";
import { isUndo } from "../../lib/import-jobs";
import { START } from "../../lib/import-state";
import { CancelChoice } from "./CancelChoice";
import type { StepProps } from "./ImportWizard";
import { Downloads, IssueList } from "./IssueList";
import classes from "./import.module.css";

/** The running import, then what it did, to read, to download and to take back. */
export function ReportStep({ projectId, state, change }: StepProps) {
  const job = useQuery(jobQuery(state.commit ?? ""));
  const done = job.data?.state === "done";
  const report = useQuery({ ...reportQuery(state.commit ?? ""), enabled: done });
  if (job.isError) return <ErrorNotice error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined || (done && report.data === undefined)) return <PageLoading />;
  const follow = (next: Job) => change({ commit: next.id });
  if (isActive(job.data)) return <Running job={job.data} onUndo={follow} />;
  if (!done) return <Stopped job={job.data} onFollow={follow} />;
  const restart = (
    <Button
      variant="default"
      leftSection={<FolderPlus size={14} />}
      onClick={() => change({ ...START })}
    >
      Import something else
    </Button>
  );
  if (isUndo(job.data))
    return <TakenBack counts={(job.data.result as { counts: Counted }).counts} restart={restart} />;
  if (report.data === undefined) return <PageLoading />;
  return (
    <Finished
      projectId={projectId}
      job={job.data}
      report={report.data}
      onUndo={follow}
      restart={restart}
    />
  );
}

type Counted = Readonly<Record<string, number>>;

function Running({ job, onUndo }: { readonly job: Job; readonly onUndo: (job: Job) => void }) {
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

function Stopped({ job, onFollow }: { readonly job: Job; readonly onFollow: (job: Job) => void }) {
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () => resumeImport(job.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.job(job.id) }),
  });
  const undo = useMutation({ mutationFn: () => undoImport(job.id), onSuccess: onFollow });
  const error = resume.error ?? undo.error;
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

interface FinishedProps {
  readonly projectId: string;
  readonly job: Job;
  readonly report: ImportReport;
  readonly onUndo: (job: Job) => void;
  readonly restart: React.ReactNode;
}

function Finished({ projectId, job, report, onUndo, restart }: FinishedProps) {
  const undo = useMutation({
    mutationFn: () => undoImport(job.id),
    onSuccess: onUndo,
    onError: notifyError,
  });
  const at = (name: string) => report.counts[name] ?? 0;
  const images = at("images_added") + at("images_renamed") + at("images_size_only");
  const objects = at("annotations_added") + at("suggestions_added");
  return (
    <div className={classes["column"]}>
      <Card
        title={report.undone === true ? "Imported, and taken back" : "Imported"}
        hint={`${report.name ?? "The files"} as ${report.format}`}
        actions={<Downloads jobId={job.id} />}
        flush
      >
        <StatRow>
          <StatTile
            label="Images added"
            value={formatCount(images)}
            note={`${formatCount(at("images_matched"))} were there`}
          />
          <StatTile
            label={report.mode === "predictions" ? "Suggestions added" : "Objects added"}
            value={formatCount(objects)}
            note={`${formatCount(at("annotations_already_there"))} were there`}
          />
          <StatTile label="Objects replaced" value={formatCount(at("annotations_replaced"))} />
          <StatTile
            label="Left out"
            value={formatCount(at("images_refused") + at("annotations_refused"))}
            note={`${plural(at("images_not_here"), "picture")} not here`}
          />
          <StatTile
            label="Images labelled"
            value={formatCount(at("images_labelled"))}
            note={`${formatCount(at("images_skipped"))} left alone`}
          />
        </StatRow>
        <div className={classes["buttons"]} data-padded>
          <LinkButton
            to="/projects/$projectId/images"
            params={{ projectId }}
            leftSection={<Images size={14} />}
          >
            Look at the images
          </LinkButton>
          {restart}
          {report.undone !== true && (
            <Button
              variant="default"
              leftSection={<Undo2 size={14} />}
              loading={undo.isPending}
              onClick={() =>
                confirmDestructive({
                  title: "Take this import back?",
                  body: `${plural(images, "image")} and ${plural(objects, "object")} will be removed; what was replaced comes back. Whatever people have changed since stays.`,
                  confirm: "Take it back",
                  onConfirm: () => undo.mutate(),
                })
              }
            >
              Take it back
            </Button>
          )}
        </div>
      </Card>
      <IssueList issues={report.issues} />
    </div>
  );
}

function TakenBack({
  counts,
  restart,
}: {
  readonly counts: Counted;
  readonly restart: React.ReactNode;
}) {
  const at = (name: string) => counts[name] ?? 0;
  return (
    <Card title="Taken back" flush>
      <StatRow>
        <StatTile label="Images removed" value={formatCount(at("images_removed"))} />
        <StatTile label="Objects removed" value={formatCount(at("annotations_removed"))} />
        <StatTile label="Objects restored" value={formatCount(at("annotations_restored"))} />
        <StatTile
          label="Kept"
          value={formatCount(at("images_kept") + at("annotations_kept"))}
          note="people had worked on them"
        />
      </StatRow>
      <div className={classes["buttons"]} data-padded>
        {restart}
      </div>
    </Card>
  );
}
