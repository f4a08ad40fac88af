import { Button, Center, Select, Skeleton, Table } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { useState } from "react";
import { projectsQuery } from "@/api/queries/project";
import type { AuditEvent } from "@/api/types";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { auditQuery } from "../api";
import { actorOf, detailOf, sentenceOf } from "../lib";

/** Who did what, newest first; nothing here can be changed. */
export default function AuditPage() {
  const [project, setProject] = useState<string | null>(null);
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const query = useInfiniteQuery(auditQuery(project));
  const events = query.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Page>
      <PageHeader
        title="Audit log"
        description="Sign-ins, roles, exports, deletions, tokens. Kept for good."
      >
        <Select
          aria-label="Project"
          placeholder="Everything"
          clearable
          searchable
          w={220}
          data={projects.map((one) => ({ value: one.id, label: one.name }))}
          value={project}
          onChange={setProject}
        />
      </PageHeader>
      {query.isPending && <Skeleton height={300} />}
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && events.length === 0 && (
        <EmptyState icon={ClipboardList} title="Nothing recorded yet" />
      )}
      {events.length > 0 && (
        <Card flush>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={150}>When</Table.Th>
                <Table.Th w={160}>Who</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th w={140}>From</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map((event) => (
                <Row
                  key={event.id}
                  event={event}
                  project={projects.find((one) => one.id === event.project)?.name}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
      {query.hasNextPage && (
        <Center mt="md">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Older
          </Button>
        </Center>
      )}
    </Page>
  );
}

function Row({
  event,
  project,
}: {
  readonly event: AuditEvent;
  readonly project: string | undefined;
}) {
  const detail = detailOf(event.detail);
  return (
    <Table.Tr>
      <Table.Td c="dimmed">
        <RelativeTime value={event.at} />
      </Table.Td>
      <Table.Td fw={500}>{actorOf(event)}</Table.Td>
      <Table.Td>
        {sentenceOf(event.action)} {event.target !== "" && <b>{event.target}</b>}
        {project !== undefined && <span> in {project}</span>}
        {detail !== "" && (
          <div style={{ fontSize: 12, color: "var(--mq-text-3)", overflowWrap: "anywhere" }}>
            {detail}
          </div>
        )}
      </Table.Td>
      <Table.Td c="dimmed" ff="monospace" fz="xs">
        {event.address ?? ""}
      </Table.Td>
    </Table.Tr>
  );
}
