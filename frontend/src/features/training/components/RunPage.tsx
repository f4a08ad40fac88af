import { Button, Group, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Flag, RotateCcw, Square } from "lucide-react";
import { useMemo } from "react";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { isActive } from "@/api/queries/jobs";
import { projectQuery } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { LineChart } from "@/components/chart/LineChart";
import { confirmDestructive } from "@/components/confirm";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatCount, formatDuration, formatPercent } from "@/lib/format";
import { controlRun, eventsQuery, runQuery } from "../api";
import { headline, pointsOf, seriesOf } from "../lib/metrics";
import type { Run, RunStatus } from "../types";
import { Provenance } from "./Provenance";
import { RunLog } from "./RunLog";
import classes from "./RunPage.module.css";
import { RunState } from "./RunState";

interface Props {
  readonly projectId: string;
  readonly runId: string;
}

/** One run: live while it goes, a record afterwards. */
export default function RunPage({ projectId, runId }: Props) {
  const query = useQuery(runQuery(runId));
  if (query.isPending) {
    return (
      <Page>
        <Skeleton height={400} />
      </Page>
    );
  }
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  const run = query.data;
  return (
    <Page>
      <PageHeader title={titleOf(run)} description={<RunState run={run} />}>
        <Controls projectId={projectId} run={run} />
      </PageHeader>
      {run.error !== "" && (
        <div className={classes["error"]} role="alert">
          <strong>{run.state === "failed" ? "The run failed." : "What happened"}</strong>
          <pre>{run.error}</pre>
        </div>
      )}
      {isActive(run) && <Live run={run} />}
      <StatRow>
        <Stats run={run} />
      </StatRow>
      {run.kind === "train" && <Curves run={run} />}
      <div className={classes["columns"]}>
        <RunLog run={run} />
        <Provenance run={run} />
      </div>
    </Page>
  );
}

function titleOf(run: Run): string {
  if (run.name !== "") return run.name;
  if (run.kind === "predict") return `Prediction with model ${run.model?.number ?? "?"}`;
  const architecture = run.options["architecture"];
  return `Training ${typeof architecture === "string" ? architecture : run.backend}`;
}

function Controls({ projectId, run }: { readonly projectId: string; readonly run: Run }) {
  const client = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const control = useMutation({
    mutationFn: (verb: "finish" | "cancel" | "resume") => controlRun(run.id, verb),
    onSuccess: (fresh) => {
      client.setQueryData(keys.run(run.id), fresh);
      void client.invalidateQueries({ queryKey: keys.runs(projectId) });
    },
    onError: notifyError,
  });
  const may = project.data !== undefined && can(project.data.role, "runs.control");
  const cancel = () =>
    confirmDestructive({
      title: "Cancel this run?",
      body: "What it has learnt so far is kept as a checkpoint; you can resume it later.",
      confirm: "Cancel run",
      onConfirm: () => control.mutate("cancel"),
    });
  return (
    <Group gap="xs">
      {run.trained !== null && (
        <LinkButton
          to="/projects/$projectId/models/$modelId"
          params={{ projectId, modelId: run.trained.id }}
        >
          Open model {run.trained.number}
        </LinkButton>
      )}
      {may && run.kind === "train" && run.state === "running" && (
        <Button
          variant="default"
          leftSection={<Flag size={14} />}
          disabled={run.stop_requested !== "" || control.isPending}
          onClick={() => control.mutate("finish")}
        >
          Finish early
        </Button>
      )}
      {may && isActive(run) && (
        <Button
          variant="default"
          color="red"
          leftSection={<Square size={14} />}
          disabled={run.stop_requested === "cancel" || control.isPending}
          onClick={cancel}
        >
          Cancel
        </Button>
      )}
      {may && (run.state === "failed" || run.state === "cancelled") && (
        <Button
          leftSection={<RotateCcw size={14} />}
          loading={control.isPending}
          onClick={() => control.mutate("resume")}
        >
          Resume
        </Button>
      )}
    </Group>
  );
}

function Live({ run }: { readonly run: Run }) {
  const { status } = run;
  return (
    <div className={classes["live"]}>
      <div>
        <strong>{phaseOf(run)}</strong>
        <span>{leftOf(status)}</span>
      </div>
      <Progress
        value={100 * run.progress}
        size={6}
        animated={run.state === "running"}
        aria-label={`${Math.round(100 * run.progress)} % done`}
      />
    </div>
  );
}

function phaseOf(run: Run): string {
  const { status } = run;
  if (run.state === "queued") return "Waiting for a free device";
  if (status.epoch !== undefined && status.epochs !== undefined) {
    const batch =
      status.batch !== undefined && status.batches !== undefined
        ? `, batch ${status.batch} of ${status.batches}`
        : "";
    return `Epoch ${Math.min(status.epoch + 1, status.epochs)} of ${status.epochs}${batch}`;
  }
  if (status.done !== undefined && status.total !== undefined) {
    return `${formatCount(status.done)} of ${formatCount(status.total)} images`;
  }
  return status.message ?? status.phase ?? "Preparing";
}

function leftOf(status: RunStatus): string {
  if (status.seconds_left === undefined || status.seconds_left === null) return "";
  return `about ${formatDuration(status.seconds_left)} left`;
}

function Stats({ run }: { readonly run: Run }) {
  const { status } = run;
  const best = headline(status.metrics ?? {});
  const speed = status.images_per_s;
  const losses = Object.entries(status.losses ?? {});
  return (
    <>
      {best !== null && <StatTile label={`${best[0]}, validation`} value={best[1].toFixed(3)} />}
      {losses.slice(0, 3).map(([name, value]) => (
        <StatTile key={name} label={name.replaceAll("_", " ")} value={value.toFixed(3)} />
      ))}
      <StatTile
        label="Speed"
        value={speed === undefined ? "–" : `${speed.toFixed(speed < 10 ? 1 : 0)}`}
        note="images per second"
      />
      <StatTile label="Device" value={run.device || "–"} note={`attempt ${run.attempt || 1}`} />
      <StatTile label="Time" value={durationOf(run)} note={formatPercent(run.progress)} />
    </>
  );
}

function durationOf(run: Run): string {
  if (run.started_at === null) return "–";
  const end = run.ended_at === null ? Date.now() : Date.parse(run.ended_at);
  return formatDuration((end - Date.parse(run.started_at)) / 1000);
}

function Curves({ run }: { readonly run: Run }) {
  const events = useQuery(eventsQuery(run.id, "metrics", isActive(run)));
  const points = useMemo(() => pointsOf(events.data ?? []), [events.data]);
  const quality = useMemo(() => seriesOf(points, "quality"), [points]);
  const losses = useMemo(() => seriesOf(points, "losses"), [points]);
  if (points.length === 0) {
    return (
      <Card title="Curves">
        <p className={classes["none"]}>
          {isActive(run)
            ? "The first point appears after the first epoch."
            : "No epoch was finished."}
        </p>
      </Card>
    );
  }
  return (
    <div className={classes["charts"]}>
      <Card title="Quality on validation">
        <LineChart
          series={quality}
          xLabel="epoch"
          yRange={[0, 1]}
          height={240}
          summary={`Validation metrics over ${points.length} epochs`}
        />
      </Card>
      <Card title="Losses" hint="Dashed: on validation">
        <LineChart
          series={losses}
          xLabel="epoch"
          height={240}
          summary={`Losses over ${points.length} epochs`}
        />
      </Card>
    </div>
  );
}
