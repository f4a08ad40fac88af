import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Menu,
  Modal,
  Skeleton,
  Stack,
  Table,
  Text,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Ellipsis, Link2, ShieldCheck, ShieldOff, UserCheck, UserPlus } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useUser } from "@/api/queries/session";
import type { AdminUser } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { PersonAvatar } from "@/components/PersonAvatar";
import { RelativeTime } from "@/components/RelativeTime";
import { SecretBox } from "@/components/SecretBox";
import { plural } from "@/lib/format";
import { changeUser, makeLink, type OneTimeLink, usersQuery } from "../api";
import { NewUserDialog } from "./NewUserDialog";

/** Everybody with an account on this installation. */
export default function UsersPage() {
  const query = useQuery(usersQuery);
  const [creating, setCreating] = useState(false);
  const [link, setLink] = useState<(OneTimeLink & { readonly name: string }) | null>(null);
  return (
    <Page>
      <PageHeader
        title="Users"
        description="Accounts of this installation. Roles are given in each project."
      >
        <Button leftSection={<UserPlus size={15} />} onClick={() => setCreating(true)}>
          New user
        </Button>
      </PageHeader>
      {query.isPending && <Skeleton height={200} />}
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && (
        <Card flush>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Person</Table.Th>
                <Table.Th>E-mail</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Last sign-in</Table.Th>
                <Table.Th w={44} aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.data.results.map((user) => (
                <UserRow key={user.id} user={user} onLink={setLink} />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
      {creating && <NewUserDialog onClose={() => setCreating(false)} onLink={setLink} />}
      <Modal
        opened={link !== null}
        onClose={() => setLink(null)}
        title={`Sign-in link of ${link?.name}`}
        size={480}
      >
        {link !== null && (
          <Stack gap="sm">
            <SecretBox value={link.url} label="sign-in link" />
            <Text size="xs" c="dimmed">
              Whoever opens it is signed in as {link.name}, once. It ends in{" "}
              {plural(link.expires_in_hours, "hour")}.
            </Text>
          </Stack>
        )}
      </Modal>
    </Page>
  );
}

interface RowProps {
  readonly user: AdminUser;
  readonly onLink: (link: OneTimeLink & { readonly name: string }) => void;
}

function UserRow({ user, onLink }: RowProps) {
  const me = useUser();
  const client = useQueryClient();
  const name = user.display_name || user.username;
  const change = useMutation({
    mutationFn: (patch: Parameters<typeof changeUser>[1]) => changeUser(user.id, patch),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.users }),
    onError: notifyError,
  });
  const link = useMutation({
    mutationFn: () => makeLink(user.id),
    onSuccess: (made) => onLink({ ...made, name }),
    onError: notifyError,
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={10} wrap="nowrap">
          <PersonAvatar name={name} size={28} />
          <div>
            <Text size="sm" fw={500}>
              {name} {user.is_admin && <Badge>Administrator</Badge>}
            </Text>
            <Text size="xs" c="dimmed">
              {user.username}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td c="dimmed">{user.email || "–"}</Table.Td>
      <Table.Td>
        <Badge color={user.is_active ? "green" : "gray"}>
          {user.is_active ? "Active" : "Switched off"}
        </Badge>
      </Table.Td>
      <Table.Td c="dimmed">
        {user.last_login === null ? "never" : <RelativeTime value={user.last_login} />}
      </Table.Td>
      <Table.Td>
        <Menu>
          <Menu.Target>
            <ActionIcon
              aria-label={`More for ${name}`}
              loading={change.isPending || link.isPending}
            >
              <Ellipsis size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Link2 size={14} />} onClick={() => link.mutate()}>
              One-time sign-in link
            </Menu.Item>
            {user.id !== me.id && (
              <>
                <Menu.Item
                  leftSection={user.is_admin ? <ShieldOff size={14} /> : <ShieldCheck size={14} />}
                  onClick={() => change.mutate({ is_admin: !user.is_admin })}
                >
                  {user.is_admin ? "No longer administrator" : "Make administrator"}
                </Menu.Item>
                <Menu.Item
                  leftSection={user.is_active ? <Ban size={14} /> : <UserCheck size={14} />}
                  onClick={() => change.mutate({ is_active: !user.is_active })}
                >
                  {user.is_active ? "Switch off" : "Switch on"}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
