import { useQuery } from "@tanstack/react-query";
import { SquareDashedMousePointer, Tags } from "lucide-react";
import { useCan, useProject } from "@/api/queries/project";
import type { Overview, Project } from "@/api/types";
import { Card } from "@/components/Card";
import { BarChart, BarList } from "@/components/chart/BarChart";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { PageLoading } from "@/components/PageLoading";
import { RelativeTime } from "@/components/RelativeTime";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatCount, formatPercent, plural } from "@/lib/format";
import { overviewQuery } from "../api";
import { lastDays, taskLabel, windowOf } from "../lib";
import { Checklist } from "./Checklist";
import { NextAction } from "./NextAction";
import classes from "./OverviewPage.module.css";

/** The state of a project without scrolling. */
export default function OverviewPage({ projectId }: { readonly projectId: string }) {
  const project = useProject(projectId);
  const query = useQuery(overviewQuery(projectId));
  const mayLabel = useCan(projectId, "annotations.edit");
  if (query.isPending) return <PageLoading />;
  return (
    <Page>
      <PageHeader title={project.name} description={project.description || taskLabel(project)}>
        {mayLabel && project.counts.images > 0 && (
          <LinkButton
            to="/projects/$projectId/label"
            params={{ projectId }}
            leftSection={<SquareDashedMousePointer size={15} />}
          >
            Label
          </LinkButton>
        )}
      </PageHeader>
      {query.isLoadingError ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Body project={project} overview={query.data} />
      )}
    </Page>
  );
}

function Body({ project, overview }: { readonly project: Project; readonly overview: Overview }) {
  const started = overview.counts.labelled > 0 || overview.counts.annotations > 0;
  return (
    <div className={classes["root"]}>
      <Stats project={project} overview={overview} />
      {started ? (
        <NextAction projectId={project.id} action={overview.next_action} />
      ) : (
        <Checklist project={project} hasLabels={overview.labels.length > 0} />
      )}
      <div className={classes["columns"]}>
        <Card title="Classes" hint={plural(overview.counts.annotations, "object")}>
          <Balance projectId={project.id} overview={overview} />
        </Card>
        <Card title="Labelled per day">
          <PerDay overview={overview} />
        </Card>
        <Card title="Activity" flush>
          <Activities overview={overview} />
        </Card>
      </div>
    </div>
  );
}

function Stats({ project, overview }: { readonly project: Project; readonly overview: Overview }) {
  const { images, labelled, reviewed, annotations } = overview.counts;
  const share = images === 0 ? 0 : labelled / images;
  const left = Math.max(0, images - labelled - (overview.states.skipped ?? 0));
  const skipped = overview.states.skipped ?? 0;
  return (
    <StatRow>
      <StatTile
        label="Images"
        value={formatCount(images)}
        note={
          skipped > 0 ? `${formatCount(skipped)} skipped` : `${formatCount(left)} left to label`
        }
      />
      <StatTile
        label="Labelled"
        value={formatCount(labelled)}
        progress={share}
        note={`${formatPercent(share)} of all`}
      />
      <StatTile
        label="Reviewed"
        value={formatCount(reviewed)}
        note={
          labelled === 0
            ? "nothing to review yet"
            : `${formatPercent(reviewed / labelled)} of labelled`
        }
      />
      <StatTile
        label="Objects"
        value={formatCount(annotations)}
        note={labelled === 0 ? "–" : `${(annotations / labelled).toFixed(1)} per labelled image`}
      />
      <StatTile
        label="Best model"
        value={project.best_metric === null ? "–" : project.best_metric.value.toFixed(3)}
        note={
          project.best_metric === null ? "no model yet" : `${project.best_metric.name}, validation`
        }
      />
    </StatRow>
  );
}

function Balance({
  projectId,
  overview,
}: {
  readonly projectId: string;
  readonly overview: Overview;
}) {
  if (overview.labels.length === 0)
    return (
      <EmptyState
        compact
        icon={Tags}
        title="No classes yet"
        action={
          <LinkButton
            to="/projects/$projectId/settings/labels"
            params={{ projectId }}
            variant="default"
          >
            Define classes
          </LinkButton>
        }
      />
    );
  const bars = [...overview.labels]
    .sort((a, b) => b.count - a.count)
    .slice(0, 12)
    .map((label) => ({
      key: String(label.id),
      label: label.name,
      value: label.count,
      color: label.color,
    }));
  return <BarList bars={bars} format={formatCount} summary="Objects per class" />;
}

const day = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone: "UTC" });
const DAYS = 21;

function PerDay({ overview }: { readonly overview: Overview }) {
  const today = new Date();
  const known = overview.labelled_per_day;
  const days = lastDays(known, windowOf(known, DAYS, today), today);
  const total = days.reduce((sum, one) => sum + one.count, 0);
  if (total === 0)
    return <p className={classes["quiet"]}>Nothing has been labelled in the last three weeks.</p>;
  return (
    <BarChart
      bars={days.map((one) => ({
        key: one.date,
        label: day.format(new Date(one.date)),
        value: one.count,
      }))}
      height={208}
      format={formatCount}
      summary={`${plural(total, "image")} labelled in the last ${days.length} days`}
    />
  );
}

function Activities({ overview }: { readonly overview: Overview }) {
  if (overview.activity.length === 0)
    return <p className={classes["quietPadded"]}>Nothing has happened here yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <ul className={classes["activity"]} tabIndex={0} aria-label="Activity">
      {overview.activity.slice(0, 12).map((one) => (
        <li key={one.id}>
          <span>
            {one.actor !== null && <b>{one.actor}</b>} {one.text}
          </span>
          <small>
            <RelativeTime value={one.at} />
          </small>
        </li>
      ))}
    </ul>
  );
}
