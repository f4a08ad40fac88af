import { Button, CopyButton, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Download, Terminal, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusDot, type Tone } from "@/components/StatusDot";
import { formatBytes, plural } from "@/lib/format";
import { downloadUrl } from "../../api";
import { resumeCommand } from "../../lib/export-history";
import type { Report } from "../../types";
import datasets from "../datasets.module.css";
import { ReportView } from "../ReportView";
import classes from "./export.module.css";

const TONES: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "run",
  done: "ok",
  failed: "bad",
  cancelled: "warn",
};

/** Exports of this project, newest first: progress, report, and downloads that can be resumed. */
export function ExportHistory({
  projectId,
  may,
}: {
  readonly projectId: string;
  readonly may: boolean;
}) {
  const query = useQuery(jobsQuery(projectId));
  const jobs = (query.data?.results ?? []).filter(
    (job) => job.kind === "export" && job.parameters["dry_run"] !== true,
  );
  return (
    <Card title="Exports" hint="Archives are kept for a week, their reports for good." flush>
      {query.isPending && <Skeleton height={80} m={16} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && jobs.length === 0 && (
        <p className={classes["none"]}>Nothing was exported yet.</p>
      )}
      <ul className={datasets["history"]}>
        {jobs.map((job) => (
          <Row key={job.id} projectId={projectId} job={job} may={may} />
        ))}
      </ul>
    </Card>
  );
}

interface RowProps {
  readonly projectId: string;
  readonly job: Job;
  readonly may: boolean;
}

function Row({ projectId, job, may }: RowProps) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.jobs(projectId) }),
    onError: notifyError,
  });
  const report = job.result as Report & { readonly expired?: boolean; readonly sha256?: string };
  const images = report.counts?.["images"];
  const facts = [
    typeof images === "number" && plural(images, "image"),
    typeof report.bytes === "number" && formatBytes(report.bytes),
    (report.lossy ?? []).length > 0 &&
      plural((report.lossy ?? []).length, "kind of loss", "kinds of losses"),
    report.sha256 !== undefined && `SHA-256 ${report.sha256.slice(0, 12)}…`,
    report.expired === true && "archive deleted",
  ].filter((one): one is string => typeof one === "string");
  const ready = job.state === "done" && report.expired !== true && may;
  return (
    <li>
      <div>
        <StatusDot tone={TONES[job.state]} pulse={job.state === "running"}>
          {report.name ?? String(job.parameters["format"] ?? "Export")}
        </StatusDot>{" "}
        <small className={datasets["note"]}>
          {isActive(job) ? `${job.message || job.state} · ` : ""}
          <RelativeTime value={job.created_at} />
          {facts.length > 0 && ` · ${facts.join(" · ")}`}
        </small>
        {job.state === "running" && (
          <Progress
            mt={6}
            size={4}
            value={job.total === null || job.total === 0 ? 100 : (100 * job.done) / job.total}
            animated={job.total === null}
            aria-label="Progress of the export"
          />
        )}
        {job.state === "failed" && <ErrorNotice error={new Error(job.error)} />}
        {open && <ReportView report={report} />}
      </div>
      {job.state === "done" && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
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
      {ready && <Downloads job={job} name={report.name ?? "export.zip"} />}
    </li>
  );
}

function Downloads({ job, name }: { readonly job: Job; readonly name: string }) {
  const command = resumeCommand(window.location.origin, downloadUrl(job.id), name);
  return (
    <>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button
            variant="subtle"
            size="compact-sm"
            title={command}
            leftSection={copied ? <Check size={13} /> : <Terminal size={13} />}
            onClick={copy}
          >
            {copied ? "Copied" : "Copy command"}
          </Button>
        )}
      </CopyButton>
      <Button
        component="a"
        href={downloadUrl(job.id)}
        download
        size="compact-sm"
        leftSection={<Download size={13} />}
      >
        Download
      </Button>
    </>
  );
}
