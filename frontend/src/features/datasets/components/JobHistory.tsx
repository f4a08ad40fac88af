import { Button, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusDot, type Tone } from "@/components/StatusDot";
import { formatBytes } from "@/lib/format";
import { downloadUrl } from "../api";
import type { Report } from "../types";
import classes from "./datasets.module.css";
import { ReportView } from "./ReportView";

interface Props {
  readonly projectId: string;
  readonly kind: "import" | "export";
  readonly title: string;
}

const TONES: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "run",
  done: "ok",
  failed: "bad",
  cancelled: "warn",
};

/** Jobs of one kind, newest first, with progress, report and download. */
export function JobHistory({ projectId, kind, title }: Props) {
  const query = useQuery(jobsQuery(projectId));
  const jobs = query.data?.results.filter((job) => job.kind === kind) ?? [];
  if (query.isSuccess && jobs.length === 0) return null;
  return (
    <Card title={title} flush>
      {query.isPending && <Skeleton height={80} m={16} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      <ul className={classes["history"]}>
        {jobs.map((job) => (
          <JobRow key={job.id} projectId={projectId} job={job} />
        ))}
      </ul>
    </Card>
  );
}

function JobRow({ projectId, job }: { readonly projectId: string; readonly job: Job }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.jobs(projectId) }),
    onError: notifyError,
  });
  const report = job.result as Report;
  const file = job.kind === "export" && job.state === "done";
  return (
    <li>
      <div>
        <StatusDot tone={TONES[job.state]} pulse={job.state === "running"}>
          {job.message || job.state}
        </StatusDot>{" "}
        <small className={classes["note"]}>
          <RelativeTime value={job.created_at} />
          {typeof report.bytes === "number" && ` · ${formatBytes(report.bytes)}`}
        </small>
        {job.state === "running" && (
          <Progress
            mt={6}
            size={4}
            value={job.total === null || job.total === 0 ? 100 : (100 * job.done) / job.total}
            animated={job.total === null}
            aria-label="Progress"
          />
        )}
        {job.error !== "" && <ErrorNotice error={new Error(job.error)} />}
        {open && <ReportView report={report} />}
      </div>
      {job.state === "done" && (
        <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!open)}>
          {open ? "Hide report" : "Report"}
        </Button>
      )}
      {isActive(job) && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<X size={13} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
      )}
      {file && (
        <Button
          component="a"
          href={downloadUrl(job.id)}
          download
          size="compact-sm"
          leftSection={<Download size={13} />}
        >
          Download
        </Button>
      )}
    </li>
  );
}
