import { Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { formatBytes, formatCount } from "@/lib/format";
import { modelsQuery } from "../api";
import { gainOver, mainMetric, metricName } from "../lib/metrics";
import type { Model } from "../types";
import { Gain } from "./Gain";
import classes from "./ModelsPage.module.css";

interface Props {
  readonly projectId: string;
}

/** All models of a project, newest first, each compared with the one before. */
export default function ModelsPage({ projectId }: Props) {
  const query = useQuery(modelsQuery(projectId));
  const models = query.data?.results ?? [];
  return (
    <Page>
      <PageHeader
        title="Models"
        description="Every model points to the exact labels, options and code it came from."
      />
      {query.isPending && <Skeleton height={240} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && models.length === 0 && (
        <EmptyState
          icon={Boxes}
          title="No model yet"
          action={
            <LinkButton to="/projects/$projectId/training" params={{ projectId }}>
              Train the first one
            </LinkButton>
          }
        >
          A model appears here when its training has finished.
        </EmptyState>
      )}
      {models.length > 0 && (
        <Card flush>
          <Table verticalSpacing={10} horizontalSpacing={16} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Model</Table.Th>
                <Table.Th>Quality on validation</Table.Th>
                <Table.Th>Learnt from</Table.Th>
                <Table.Th>Size</Table.Th>
                <Table.Th>Trained</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {models.map((model) => (
                <Row key={model.id} projectId={projectId} model={model} models={models} />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Page>
  );
}

interface RowProps extends Props {
  readonly model: Model;
  readonly models: readonly Model[];
}

function Row({ projectId, model, models }: RowProps) {
  const main = mainMetric(model.metrics);
  return (
    <Table.Tr>
      <Table.Td>
        <Link
          className={classes["name"] ?? ""}
          to="/projects/$projectId/models/$modelId"
          params={{ projectId, modelId: model.id }}
        >
          {model.name || `Model ${model.number}`}
        </Link>
        <small className={classes["sub"]}>
          {model.name === "" ? model.task : `model ${model.number}, ${model.task}`}
        </small>
      </Table.Td>
      <Table.Td className={classes["number"] ?? ""}>
        {main === null ? "–" : `${metricName(main[0])} ${main[1].toFixed(3)}`}{" "}
        <Gain value={gainOver(model, models)} />
      </Table.Td>
      <Table.Td className={classes["number"] ?? ""}>
        {formatCount(model.labelled_images)} images, {formatCount(model.labelled_objects)} objects
      </Table.Td>
      <Table.Td className={classes["number"] ?? ""}>{formatBytes(model.bytes)}</Table.Td>
      <Table.Td>
        <RelativeTime value={model.created_at} />
      </Table.Td>
    </Table.Tr>
  );
}
