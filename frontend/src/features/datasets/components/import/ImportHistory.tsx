import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { jobsQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusDot, type Tone } from "@/components/StatusDot";
import { outcomeOf, titleOf } from "../../lib/import-jobs";
import classes from "./import.module.css";

const TONES: Readonly<Record<Job["state"], Tone>> = {
  queued: "neutral",
  running: "run",
  done: "ok",
  failed: "bad",
  cancelled: "warn",
};

interface Props {
  readonly projectId: string;
  readonly onOpen: (job: Job) => void;
}

/** Imports and looks of this project, newest first; each opens. */
export function ImportHistory({ projectId, onOpen }: Props) {
  const query = useQuery(jobsQuery(projectId));
  const jobs = query.data?.results.filter((job) => job.kind === "import") ?? [];
  if (query.isSuccess && jobs.length === 0) return null;
  return (
    <Card title="Earlier" flush>
      {query.isPending && <Skeleton height={80} m={16} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      <ul className={classes["history"]}>
        {jobs.map((job) => (
          <li key={job.id}>
            <button type="button" onClick={() => onOpen(job)}>
              <StatusDot tone={TONES[job.state]} pulse={job.state === "running"}>
                {titleOf(job)}
              </StatusDot>
              <span className={classes["outcome"]}>{outcomeOf(job)}</span>
              <small>
                <RelativeTime value={job.created_at} />
              </small>
              <ChevronRight size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
