import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import type { Role } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";
import { RelativeTime } from "@/components/RelativeTime";
import { SecretBox } from "@/components/SecretBox";
import { invite } from "../api";
import { ROLES, rolesToGive } from "../lib";

interface Props {
  readonly projectId: string;
  readonly mine: Role;
  readonly onClose: () => void;
}

/** Makes an invitation link; the server sends no mail, people pass the link on themselves. */
export function InviteDialog({ projectId, mine, onClose }: Props) {
  const client = useQueryClient();
  const form = useForm({ initialValues: { role: "annotator" as string, email: "" } });
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      invite(projectId, { role: values.role as Role, email: values.email.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invitations(projectId) }),
  });
  const chosen = ROLES.find((role) => role.value === form.values.role);
  return (
    <Modal
      opened
      onClose={onClose}
      title={create.isSuccess ? "Pass this link on" : "Invite somebody"}
      size={460}
    >
      {create.isSuccess ? (
        <Stack gap="sm">
          <SecretBox value={create.data.url} label="invitation link" />
          <Text size="xs" c="dimmed">
            It is shown only now, works once, and ends{" "}
            <RelativeTime value={create.data.expires_at} />.
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack gap="sm">
            {create.isError && <ErrorNotice error={create.error} />}
            <Select
              label="Role"
              description={chosen?.text}
              data={rolesToGive(mine).map(({ value, label }) => ({ value, label }))}
              allowDeselect={false}
              {...form.getInputProps("role")}
            />
            <TextInput
              label="E-mail"
              description="Only a note for you: no mail is sent. You get a link to pass on."
              type="email"
              data-autofocus
              {...form.getInputProps("email")}
            />
            <Group justify="flex-end" gap="xs" mt="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Make a link
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
