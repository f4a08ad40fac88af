import { API_ROOT } from "@/api/http";
import type { Job, JobState, RunSummary } from "@/api/types";
import type { Tone } from "@/components/StatusDot";
import { formatCount, formatDuration } from "@/lib/format";

export interface TrayEntry {
  readonly id: string;
  readonly project: string;
  readonly isRun: boolean;
  readonly title: string;
  readonly state: JobState;
  readonly tone: Tone;
  /** 0 to 1; null when nobody knows yet. */
  readonly progress: number | null;
  readonly note: string;
  readonly message: string;
  readonly at: string;
  readonly download: string | null;
}

const JOB_TITLES: Readonly<Record<Job["kind"], string>> = {
  import: "Import",
  export: "Export",
  unpack: "Unpacking images",
  sync: "Synchronising",
  version: "Dataset version",
  demo: "Demo project",
};

const TONES: Readonly<Record<JobState, Tone>> = {
  queued: "neutral",
  running: "run",
  done: "ok",
  failed: "bad",
  cancelled: "neutral",
};

function jobNote(job: Job): string {
  if (job.state === "queued") return "waiting";
  return job.total === null
    ? formatCount(job.done)
    : `${formatCount(job.done)} of ${formatCount(job.total)}`;
}

function fromJob(job: Job): TrayEntry {
  const looking = job.kind === "export" && job.parameters["dry_run"] === true;
  const ready = job.kind === "export" && job.state === "done" && !looking;
  return {
    id: job.id,
    project: job.project,
    isRun: false,
    title: looking ? "Look at an export" : JOB_TITLES[job.kind],
    state: job.state,
    tone: TONES[job.state],
    progress: job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total),
    note: jobNote(job),
    message: job.state === "failed" ? job.error : job.message,
    at: job.ended_at ?? job.created_at,
    download: ready ? `${API_ROOT}/jobs/${job.id}/download` : null,
  };
}

function runNote(run: RunSummary): string {
  if (run.state === "queued") return "waiting for a device";
  const left = run.status["seconds_left"];
  return typeof left === "number"
    ? `${formatDuration(left)} left`
    : `${Math.round(run.progress * 100)} %`;
}

function fromRun(run: RunSummary): TrayEntry {
  return {
    id: run.id,
    project: run.project,
    isRun: true,
    title: run.name || (run.kind === "train" ? "Training" : "Prediction"),
    state: run.state,
    tone: TONES[run.state],
    progress: run.progress > 0 ? run.progress : null,
    note: runNote(run),
    message: "",
    at: run.created_at,
    download: null,
  };
}

/** Running work first, then what ended lately; at most twelve. */
export function trayEntries(jobs: readonly Job[], runs: readonly RunSummary[]): TrayEntry[] {
  const active = (entry: TrayEntry) => entry.state === "queued" || entry.state === "running";
  return [...jobs.map(fromJob), ...runs.map(fromRun)]
    .sort((a, b) => Number(active(b)) - Number(active(a)) || b.at.localeCompare(a.at))
    .slice(0, 12);
}
