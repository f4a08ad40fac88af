import { ActionIcon, Badge, Button, Skeleton, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { projectsQuery } from "@/api/queries/project";
import type { AccessToken } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { revokeToken, tokensQuery } from "../api";
import { NewTokenDialog } from "./NewTokenDialog";

/** Keys for one's own programs. */
export default function TokensPage() {
  const query = useQuery(tokensQuery);
  const [creating, setCreating] = useState(false);
  const tokens = query.data?.results ?? [];
  return (
    <Page>
      <PageHeader
        title="Access tokens"
        description="For your scripts and the command line. A token can do at most what you can, and at most its scope."
      >
        <Button leftSection={<Plus size={15} />} onClick={() => setCreating(true)}>
          New token
        </Button>
      </PageHeader>
      {query.isPending && <Skeleton height={160} />}
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && tokens.length === 0 && (
        <Card>
          <EmptyState
            icon={KeyRound}
            title="No tokens"
            compact
            action={<Button onClick={() => setCreating(true)}>New token</Button>}
          >
            Everything that this page does can also be done through the API.
          </EmptyState>
        </Card>
      )}
      {tokens.length > 0 && <Tokens tokens={tokens} />}
      {creating && <NewTokenDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function Tokens({ tokens }: { readonly tokens: readonly AccessToken[] }) {
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
    onError: notifyError,
  });
  return (
    <Card flush>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Token</Table.Th>
            <Table.Th>Scope</Table.Th>
            <Table.Th>Project</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Ends</Table.Th>
            <Table.Th w={44} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td fw={500}>{token.name}</Table.Td>
              <Table.Td ff="monospace" fz="xs">
                {token.prefix}…
              </Table.Td>
              <Table.Td>
                <Badge color={token.scope === "admin" ? "yellow" : "gray"}>{token.scope}</Badge>
              </Table.Td>
              <Table.Td>
                {token.project === null
                  ? "all"
                  : (projects.find((project) => project.id === token.project)?.name ?? "one")}
              </Table.Td>
              <Table.Td c="dimmed">
                {token.last_used_at === null ? (
                  "never"
                ) : (
                  <RelativeTime value={token.last_used_at} />
                )}
              </Table.Td>
              <Table.Td c="dimmed">
                {token.expires_at === null ? "never" : <RelativeTime value={token.expires_at} />}
              </Table.Td>
              <Table.Td>
                <ActionIcon
                  aria-label={`Revoke ${token.name}`}
                  onClick={() =>
                    confirmDestructive({
                      title: `Revoke “${token.name}”?`,
                      body: "Programs that use it are refused from now on.",
                      confirm: "Revoke",
                      onConfirm: () => revoke.mutate(token.id),
                    })
                  }
                >
                  <Trash2 size={15} />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
