import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Menu,
  Select,
  Skeleton,
  Table,
  Text,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, UserMinus, UserPlus, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { useProject } from "@/api/queries/project";
import { useUser } from "@/api/queries/session";
import type { Member, Role } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { PersonAvatar } from "@/components/PersonAvatar";
import { RelativeTime } from "@/components/RelativeTime";
import { plural } from "@/lib/format";
import { changeRole, invitationsQuery, membersQuery, removeMember, withdraw } from "../api";
import { ROLES, rolesToGive } from "../lib";
import { InviteDialog } from "./InviteDialog";
import classes from "./MembersPage.module.css";
import { RoleTable } from "./RoleTable";

/** Who works here, as what, and who is invited. */
export default function MembersPage({ projectId }: { readonly projectId: string }) {
  const project = useProject(projectId);
  const members = useQuery(membersQuery(projectId));
  const [inviting, setInviting] = useState(false);
  const mayEdit = can(project.role, "members.edit");
  const list = members.data?.results ?? [];
  return (
    <Page>
      <PageHeader
        title="Members"
        description={
          members.data !== undefined ? plural(list.length, "person", "people") : undefined
        }
      >
        {mayEdit && (
          <Button leftSection={<UserPlus size={15} />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )}
      </PageHeader>
      <div className={classes["columns"]}>
        <div className={classes["main"]}>
          {members.isLoadingError && (
            <ErrorNotice error={members.error} onRetry={() => void members.refetch()} />
          )}
          {members.isPending && <Skeleton height={160} />}
          {members.data !== undefined && (
            <Card flush>
              <Table>
                <Table.Tbody>
                  {list.map((member) => (
                    <MemberRow
                      key={member.user.id}
                      member={member}
                      projectId={projectId}
                      mine={project.role}
                      mayEdit={mayEdit}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            </Card>
          )}
          {mayEdit && <Invitations projectId={projectId} />}
        </div>
        <RoleTable />
      </div>
      {inviting && (
        <InviteDialog
          projectId={projectId}
          mine={project.role}
          onClose={() => setInviting(false)}
        />
      )}
    </Page>
  );
}

interface RowProps {
  readonly member: Member;
  readonly projectId: string;
  readonly mine: Role;
  readonly mayEdit: boolean;
}

function MemberRow({ member, projectId, mine, mayEdit }: RowProps) {
  const me = useUser();
  const client = useQueryClient();
  const { user, role } = member;
  const name = user.display_name || user.username;
  const refresh = () => client.invalidateQueries({ queryKey: keys.members(projectId) });
  const change = useMutation({
    mutationFn: (next: Role) => changeRole(projectId, user.id, next),
    onSuccess: refresh,
    onError: notifyError,
  });
  const remove = useMutation({
    mutationFn: () => removeMember(projectId, user.id),
    onSuccess: refresh,
    onError: notifyError,
  });
  const editable = mayEdit && (mine === "owner" || role !== "owner");
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={10} wrap="nowrap">
          <PersonAvatar name={name} size={28} />
          <div>
            <Text size="sm" fw={500}>
              {name} {user.id === me.id && <Badge color="gray">you</Badge>}
            </Text>
            <Text size="xs" c="dimmed">
              {user.username}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td className={classes["when"] ?? ""}>
        joined <RelativeTime value={member.created_at} />
      </Table.Td>
      <Table.Td w={150}>
        {editable ? (
          <Select
            aria-label={`Role of ${name}`}
            data={rolesToGive(mine).map(({ value, label }) => ({ value, label }))}
            value={role}
            allowDeselect={false}
            disabled={change.isPending}
            onChange={(value) => {
              const next = ROLES.find((one) => one.value === value)?.value;
              if (next !== undefined && next !== role) change.mutate(next);
            }}
          />
        ) : (
          ROLES.find((one) => one.value === role)?.label
        )}
      </Table.Td>
      <Table.Td w={44}>
        {editable && (
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label={`More for ${name}`}>
                <Ellipsis size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                color="red"
                leftSection={<UserMinus size={14} />}
                onClick={() =>
                  confirmDestructive({
                    title: `Remove ${name}?`,
                    body: "What they labelled stays. They can be invited again.",
                    confirm: "Remove",
                    onConfirm: () => remove.mutate(),
                  })
                }
              >
                Remove from the project
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Invitations({ projectId }: { readonly projectId: string }) {
  const client = useQueryClient();
  const list = useQuery(invitationsQuery(projectId)).data?.results ?? [];
  const cancel = useMutation({
    mutationFn: (id: string) => withdraw(projectId, id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invitations(projectId) }),
    onError: notifyError,
  });
  if (list.length === 0) return null;
  return (
    <Card title="Open invitations" flush>
      <Table>
        <Table.Tbody>
          {list.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{one.email || "Anybody with the link"}</Table.Td>
              <Table.Td>{one.role}</Table.Td>
              <Table.Td className={classes["when"] ?? ""}>
                ends <RelativeTime value={one.expires_at} />
              </Table.Td>
              <Table.Td w={44}>
                <ActionIcon
                  aria-label={`Withdraw the invitation of ${one.email || one.role}`}
                  onClick={() => cancel.mutate(one.id)}
                >
                  <X size={15} />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
