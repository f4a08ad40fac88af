import { Button, Progress } from "@mantine/core";
import { type UseQueryResult, useMutation } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, X } from "lucide-react";
import { cancelJob, isActive } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { PageLoading } from "@/components/PageLoading";
import { formatCount } from "@/lib/format";
import { startImport } from "../../import-api";
import type { ImportFailure, ImportReport } from "../../import-types";
import { parametersOf } from "../../lib/import-jobs";
import { type ImportState, lookBody, lookedAgain } from "../../lib/import-state";
import { Counts } from "./Counts";
import { Examples } from "./Examples";
import { FormatPanel } from "./FormatPanel";
import { IssueList } from "./IssueList";
import classes from "./import.module.css";
import type { StepProps } from "./step-props";

interface Props extends StepProps {
  readonly job: UseQueryResult<Job>;
  readonly report: ImportReport | undefined;
}

/** What the dry run says: the format, what matches, what is new, what is wrong and where. */
export function FoundStep({ projectId, state, change, job, report }: Props) {
  const again = useMutation({
    mutationFn: (next: ImportState) => startImport(projectId, lookBody(next)),
    onSuccess: (started, next) => change(lookedAgain(next, started.id)),
  });
  if (job.isError) return <ErrorNotice error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined) return <PageLoading />;
  if (isActive(job.data)) return <Looking job={job.data} />;
  const failure = (job.data.result as ImportFailure).failure;
  const panel = (
    <FormatPanel
      key={job.data.id}
      state={withSource(state, job.data)}
      report={report}
      candidates={report?.candidates ?? failure?.fields?.candidates ?? []}
      busy={again.isPending}
      onAgain={again.mutate}
    />
  );
  if (job.data.state !== "done")
    return (
      <div className={classes["column"]}>
        <ErrorNotice error={new Error(job.data.error || "The look was cancelled.")} />
        {again.isError && <ErrorNotice error={again.error} />}
        <Card title="Which format is it?" hint="Choose one, and look again.">
          {panel}
        </Card>
        {failure?.fields?.issues !== undefined && <IssueList issues={failure.fields.issues} />}
      </div>
    );
  if (report === undefined) return <PageLoading />;
  return (
    <>
      <div className={classes["found"]}>
        <div className={classes["column"]}>
          {again.isError && <ErrorNotice error={again.error} />}
          <Counts counts={report.counts} bytes={report.estimate.bytes} />
          <IssueList issues={report.issues} jobId={job.data.id} />
          <Examples counts={report.counts} examples={report.examples} />
        </div>
        <div className={classes["side"]}>
          <Card title="Format">{panel}</Card>
        </div>
      </div>
      <footer className={classes["foot"]}>
        <p>Nothing has been written so far.</p>
        <div>
          <Button
            variant="default"
            leftSection={<ArrowLeft size={14} />}
            onClick={() => change({ step: "files" })}
          >
            Other files
          </Button>
          <Button
            rightSection={<ArrowRight size={15} />}
            onClick={() => change({ step: "labels" })}
          >
            Go on to the classes
          </Button>
        </div>
      </footer>
    </>
  );
}

/** A look that was opened from the history brings its files along. */
function withSource(state: ImportState, job: Job): ImportState {
  if (state.source !== null) return state;
  const { upload, path, source } = parametersOf(job);
  if (typeof upload === "string")
    return { ...state, source: { kind: "upload", id: upload, name: "the upload" } };
  if (typeof source === "string")
    return { ...state, source: { kind: "source", id: source, name: "the source" } };
  return typeof path === "string" ? { ...state, source: { kind: "path", path } } : state;
}

function Looking({ job }: { readonly job: Job }) {
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onError: notifyError });
  const known = job.total !== null && job.total > 0;
  return (
    <Card title="Looking what is in it" hint="Nothing is written yet.">
      <div className={classes["running"]} role="status">
        <span>
          {job.state === "queued" ? "Waiting for a worker" : job.message || "Starting"}
          {job.done > 0 &&
            ` · ${formatCount(job.done)}${known ? ` of ${formatCount(job.total ?? 0)}` : ""}`}
        </span>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<X size={13} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
        <Progress
          value={known ? (100 * job.done) / (job.total ?? 1) : 100}
          animated={!known}
          aria-label="Progress"
        />
      </div>
    </Card>
  );
}
