import { Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Target } from "lucide-react";
import { can } from "@/api/permissions";
import { projectQuery } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { roundsQuery } from "../api";
import type { Round } from "../types";
import { AcceptanceCard } from "./AcceptanceCard";
import { LearningCurveCard } from "./LearningCurveCard";
import { RoundForm } from "./RoundForm";
import { RoundState } from "./RoundState";
import classes from "./RoundsPage.module.css";

interface Props {
  readonly projectId: string;
}

/** Which images are worth labelling next, and what labelling them has brought so far. */
export default function RoundsPage({ projectId }: Props) {
  const project = useQuery(projectQuery(projectId));
  const rounds = useQuery(roundsQuery(projectId));
  const may = project.data !== undefined && can(project.data.role, "rounds.start");
  return (
    <Page>
      <PageHeader
        title="Rounds"
        description="A round picks the images that teach the model most and puts them first in the queue."
      />
      <div className={classes["columns"]}>
        <div className={classes["stack"]}>
          <LearningCurveCard projectId={projectId} />
          <Card title="Rounds so far" flush>
            {rounds.isPending && <Skeleton height={120} m={16} />}
            {rounds.isError && (
              <ErrorNotice error={rounds.error} onRetry={() => void rounds.refetch()} />
            )}
            {rounds.isSuccess && rounds.data.results.length === 0 && (
              <EmptyState icon={Target} title="No round yet" compact>
                The first round needs no model: it chooses images that differ from each other.
              </EmptyState>
            )}
            {rounds.isSuccess && rounds.data.results.length > 0 && (
              <RoundTable projectId={projectId} rounds={rounds.data.results} />
            )}
          </Card>
        </div>
        <aside className={classes["stack"]}>
          {may && <RoundForm projectId={projectId} />}
          <AcceptanceCard projectId={projectId} />
        </aside>
      </div>
    </Page>
  );
}

function RoundTable({ projectId, rounds }: Props & { readonly rounds: readonly Round[] }) {
  return (
    <Table verticalSpacing={10} horizontalSpacing={16} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Round</Table.Th>
          <Table.Th>Strategy</Table.Th>
          <Table.Th>Model</Table.Th>
          <Table.Th>Labelled</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Picked</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rounds.map((round) => (
          <Table.Tr key={round.id}>
            <Table.Td>
              <Link
                className={classes["name"] ?? ""}
                to="/projects/$projectId/rounds/$roundId"
                params={{ projectId, roundId: round.id }}
              >
                Round {round.number}
              </Link>
            </Table.Td>
            <Table.Td>{round.strategy.replaceAll("_", " ")}</Table.Td>
            <Table.Td>{round.model === null ? "none" : round.model.number}</Table.Td>
            <Table.Td className={classes["number"] ?? ""}>
              {round.counts === undefined
                ? "–"
                : `${round.counts.labelled} of ${round.counts.picked}`}
            </Table.Td>
            <Table.Td>
              <RoundState round={round} />
            </Table.Td>
            <Table.Td>
              <RelativeTime value={round.created_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
