import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { FolderPlus, Images, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { isActive, jobQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyError } from "@/components/notify";
import { PageLoading } from "@/components/PageLoading";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatCount, plural } from "@/lib/format";
import { reportQuery, undoImport } from "../../import-api";
import type { ImportReport } from "../../import-types";
import { isUndo } from "../../lib/import-jobs";
import { START } from "../../lib/import-state";
import { Downloads, IssueList } from "./IssueList";
import classes from "./import.module.css";
import type { StepProps } from "./step-props";
import { Running, Stopped } from "./UnfinishedImport";

/** The running import, then what it did, to read, to download and to take back. */
export function ReportStep({ projectId, state, change }: StepProps) {
  const job = useQuery(jobQuery(state.commit ?? ""));
  const done = job.data?.state === "done";
  const report = useQuery({ ...reportQuery(state.commit ?? ""), enabled: done });
  if (job.isError) return <ErrorNotice error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined || (done && report.data === undefined)) return <PageLoading />;
  const follow = (next: Job) => change({ commit: next.id });
  if (isActive(job.data)) return <Running job={job.data} onUndo={follow} />;
  if (!done)
    return <Stopped job={job.data} onFollow={follow} onLook={() => change({ step: "found" })} />;
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

interface FinishedProps {
  readonly projectId: string;
  readonly job: Job;
  readonly report: ImportReport;
  readonly onUndo: (job: Job) => void;
  readonly restart: ReactNode;
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

function TakenBack({ counts, restart }: { readonly counts: Counted; readonly restart: ReactNode }) {
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
