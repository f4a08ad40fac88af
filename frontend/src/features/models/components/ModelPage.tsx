import { Button, Group, Skeleton, Tabs } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Download, Sparkles } from "lucide-react";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { projectQuery } from "@/api/queries/project";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatBytes, formatCount } from "@/lib/format";
import { downloadUrl, modelQuery, modelsQuery, predictWith, reportQuery } from "../api";
import { gainOver, mainMetric, metricName, orderedMetrics } from "../lib/metrics";
import type { Model } from "../types";
import { ClassTable } from "./ClassTable";
import { ConfusionMatrix } from "./ConfusionMatrix";
import { Curves } from "./Curves";
import { Facts } from "./Facts";
import { Gain } from "./Gain";
import { ModelName } from "./ModelName";
import { WorstImages } from "./WorstImages";

interface Props {
  readonly projectId: string;
  readonly modelId: string;
}

/** A model: how good it is, where it fails, what it came from. */
export default function ModelPage({ projectId, modelId }: Props) {
  const model = useQuery(modelQuery(modelId));
  const models = useQuery(modelsQuery(projectId));
  if (model.isPending) {
    return (
      <Page>
        <Skeleton height={400} />
      </Page>
    );
  }
  if (model.isLoadingError) {
    return (
      <Page>
        <ErrorNotice error={model.error} onRetry={() => void model.refetch()} />
      </Page>
    );
  }
  const gain = gainOver(model.data, models.data?.results ?? []);
  const main = mainMetric(model.data.metrics);
  return (
    <Page>
      <PageHeader
        title={<ModelName model={model.data} projectId={projectId} />}
        description={`${model.data.task} model of ${model.data.labels.length} classes`}
      >
        <Actions projectId={projectId} model={model.data} />
      </PageHeader>
      <StatRow>
        {orderedMetrics(model.data.metrics)
          .slice(0, 4)
          .map(([key, value]) => (
            <StatTile
              key={key}
              label={metricName(key)}
              value={value.toFixed(3)}
              note={key === main?.[0] ? <Gain value={gain} /> : undefined}
            />
          ))}
        <StatTile
          label="Learnt from"
          value={formatCount(model.data.labelled_images)}
          note={`images, ${formatCount(model.data.labelled_objects)} objects`}
        />
        <StatTile label="Size" value={formatBytes(model.data.bytes)} note={model.data.backend} />
      </StatRow>
      <ReportTabs projectId={projectId} model={model.data} />
    </Page>
  );
}

function Actions({ projectId, model }: { readonly projectId: string; readonly model: Model }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const predict = useMutation({
    mutationFn: () => predictWith(projectId, model.id, "unlabelled"),
    onSuccess: (run) => {
      void client.invalidateQueries({ queryKey: keys.runs(projectId) });
      void navigate({
        to: "/projects/$projectId/training/$runId",
        params: { projectId, runId: run.id },
      });
    },
    onError: notifyError,
  });
  const may = project.data !== undefined && can(project.data.role, "runs.start");
  return (
    <Group gap="xs">
      {model.run !== null && (
        <LinkButton
          variant="default"
          to="/projects/$projectId/training/$runId"
          params={{ projectId, runId: model.run }}
        >
          Training run
        </LinkButton>
      )}
      <Button
        component="a"
        variant="default"
        href={downloadUrl(model.id)}
        download
        leftSection={<Download size={14} />}
      >
        Weights
      </Button>
      {may && (
        <Button
          leftSection={<Sparkles size={14} />}
          loading={predict.isPending}
          onClick={() => predict.mutate()}
        >
          Predict the unlabelled
        </Button>
      )}
    </Group>
  );
}

function ReportTabs({ projectId, model }: { readonly projectId: string; readonly model: Model }) {
  const report = useQuery(reportQuery(model.id));
  if (report.isPending) return <Skeleton height={320} mt="md" />;
  if (report.isLoadingError) return <ErrorNotice error={report.error} />;
  const { classes, confusion, curves, split, worst } = report.data;
  return (
    <Tabs defaultValue="classes" mt="md" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="classes">Classes</Tabs.Tab>
        {Object.keys(curves).length > 0 && <Tabs.Tab value="curves">Curves</Tabs.Tab>}
        {confusion !== null && <Tabs.Tab value="confusion">Confusion</Tabs.Tab>}
        <Tabs.Tab value="worst">Worst images</Tabs.Tab>
        <Tabs.Tab value="provenance">Provenance</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="classes" pt="md">
        <ClassTable rows={classes} split={split} />
      </Tabs.Panel>
      <Tabs.Panel value="curves" pt="md">
        <Curves curves={curves} />
      </Tabs.Panel>
      <Tabs.Panel value="confusion" pt="md">
        {confusion !== null && <ConfusionMatrix {...confusion} />}
      </Tabs.Panel>
      <Tabs.Panel value="worst" pt="md">
        {worst.length === 0 ? (
          <EmptyState icon={Sparkles} title="Nothing went wrong on validation" compact />
        ) : (
          <WorstImages projectId={projectId} images={worst} labels={model.labels} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="provenance" pt="md">
        <Facts model={model} />
      </Tabs.Panel>
    </Tabs>
  );
}
