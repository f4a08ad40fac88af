import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { useUser } from "@/api/queries/session";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { changePassword, updateMe } from "../api";

/** One's own name, address and password. */
export default function AccountPage() {
  const user = useUser();
  return (
    <Page width="narrow">
      <PageHeader title="Account" description={`You are signed in as ${user.username}.`} />
      <Stack gap="md">
        <Profile />
        <Password />
      </Stack>
    </Page>
  );
}

function Profile() {
  const user = useUser();
  const client = useQueryClient();
  const form = useForm({ initialValues: { display_name: user.display_name, email: user.email } });
  const save = useMutation({
    mutationFn: updateMe,
    onSuccess: (_saved, values) => {
      form.resetDirty({ display_name: "", email: "", ...values });
      notifyDone("Saved.");
      return client.invalidateQueries({ queryKey: keys.session });
    },
  });
  return (
    <Card title="You">
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="sm">
          {save.isError && <ErrorNotice error={save.error} />}
          <TextInput label="Name" autoComplete="name" {...form.getInputProps("display_name")} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="email"
            {...form.getInputProps("email")}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Password() {
  const needsOld = useUser().needs_old_password;
  const form = useForm({
    initialValues: { old: "", new: "" },
    validate: { new: (value) => (value.length < 10 ? "At least ten characters." : null) },
  });
  const save = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      form.reset();
      notifyDone("Password changed.");
    },
  });
  return (
    <Card title="Password">
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="sm">
          {save.isError && <ErrorNotice error={save.error} />}
          {needsOld && (
            <PasswordInput
              label="Password now"
              autoComplete="current-password"
              {...form.getInputProps("old")}
            />
          )}
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            {...form.getInputProps("new")}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
