import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { can } from "@/api/permissions";
import { projectQuery } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { runsQuery, trainingQuery } from "../api";
import { DeviceList } from "./DeviceList";
import { RunTable } from "./RunTable";
import { StartForm } from "./StartForm";
import classes from "./TrainingPage.module.css";

interface Props {
  readonly projectId: string;
}

/** Start a training, and see all runs of the project. */
export default function TrainingPage({ projectId }: Props) {
  const project = useQuery(projectQuery(projectId));
  const setup = useQuery(trainingQuery(projectId));
  const runs = useQuery(runsQuery(projectId));
  const mayStart = project.data !== undefined && can(project.data.role, "runs.start");
  return (
    <Page>
      <PageHeader
        title="Training"
        description="Freezes what is labelled now, trains in the background and keeps every model traceable."
      />
      <div className={classes["columns"]}>
        <div className={classes["main"]}>
          {setup.isPending && <Skeleton height={300} />}
          {setup.isError && (
            <ErrorNotice error={setup.error} onRetry={() => void setup.refetch()} />
          )}
          {setup.isSuccess && mayStart && project.data !== undefined && (
            <StartForm project={project.data} setup={setup.data} />
          )}
          <Card title="Runs" flush>
            {runs.isPending && <Skeleton height={120} m={16} />}
            {runs.isError && <ErrorNotice error={runs.error} onRetry={() => void runs.refetch()} />}
            {runs.isSuccess && runs.data.results.length === 0 && (
              <EmptyState icon={Cpu} title="Nothing was trained yet" compact>
                A first model from a few labelled images already helps to label the next ones.
              </EmptyState>
            )}
            {runs.isSuccess && runs.data.results.length > 0 && (
              <RunTable projectId={projectId} runs={runs.data.results} />
            )}
          </Card>
        </div>
        {setup.isSuccess && (
          <aside className={classes["side"]}>
            <Card title="Labelled so far" hint={`${setup.data.labelled_images} images`}>
              <LabelCounts labels={setup.data.labels} />
              {setup.data.labelled_images === 0 && (
                <LinkButton
                  mt="sm"
                  size="xs"
                  to="/projects/$projectId/label"
                  params={{ projectId }}
                >
                  Label images
                </LinkButton>
              )}
            </Card>
            <DeviceList devices={setup.data.devices} />
          </aside>
        )}
      </div>
    </Page>
  );
}

function LabelCounts({
  labels,
}: {
  readonly labels: readonly { readonly name: string; readonly count: number }[];
}) {
  const most = Math.max(1, ...labels.map((label) => label.count));
  if (labels.length === 0)
    return <p className={classes["none"]}>This project has no classes yet.</p>;
  return (
    <ul className={classes["counts"]}>
      {labels.map((label) => (
        <li key={label.name}>
          <span>{label.name}</span>
          <span className={classes["bar"]}>
            <span style={{ width: `${(100 * label.count) / most}%` }} />
          </span>
          <b>{label.count}</b>
        </li>
      ))}
    </ul>
  );
}
