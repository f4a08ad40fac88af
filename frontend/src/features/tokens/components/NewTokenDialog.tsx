import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { projectsQuery } from "@/api/queries/project";
import { useUser } from "@/api/queries/session";
import type { AccessToken } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";
import { SecretBox } from "@/components/SecretBox";
import { createToken } from "../api";

const SCOPES = [
  { value: "read", label: "Read: look, and download" },
  { value: "write", label: "Write: also upload, label, train" },
  { value: "admin", label: "Admin: also members and the installation" },
];

const TIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "no end" },
];

/** Makes a token, and shows it the one time it can be seen. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const user = useUser();
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: "", scope: "read", project: "", days: "90" },
    validate: { name: (value) => (value.trim() === "" ? "Say what it is for." : null) },
  });
  const create = useMutation({
    mutationFn: ({ name, scope, project, days }: typeof form.values) =>
      createToken({
        name: name.trim(),
        scope: scope as AccessToken["scope"],
        ...(project === "" ? {} : { project }),
        ...(days === "" ? {} : { expires_in_days: Number(days) }),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  if (create.isSuccess)
    return (
      <Modal opened onClose={onClose} title="Your new token" size={520} closeOnClickOutside={false}>
        <Stack gap="sm">
          <SecretBox value={create.data.token} label="token" />
          <Text size="xs" c="dimmed">
            Copy it now: it cannot be shown again. Use it like this:
          </Text>
          <SecretBox
            label="example"
            value={`curl -H "Authorization: Bearer ${create.data.token}" ${window.location.origin}/api/v1/projects`}
          />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      </Modal>
    );
  return (
    <Modal opened onClose={onClose} title="New access token" size={440}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack gap="sm">
          {create.isError && <ErrorNotice error={create.error} />}
          <TextInput
            label="Name"
            description="What it is for: “nightly import”."
            data-autofocus
            maxLength={100}
            {...form.getInputProps("name")}
          />
          <Select
            label="Scope"
            data={user.is_admin ? SCOPES : SCOPES.filter((scope) => scope.value !== "admin")}
            allowDeselect={false}
            {...form.getInputProps("scope")}
          />
          <Select
            label="Project"
            data={[
              { value: "", label: "All my projects" },
              ...projects.map((project) => ({ value: project.id, label: project.name })),
            ]}
            allowDeselect={false}
            {...form.getInputProps("project")}
          />
          <Select
            label="Ends after"
            data={TIMES}
            allowDeselect={false}
            {...form.getInputProps("days")}
          />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Make the token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
