import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { ErrorNotice } from "@/components/ErrorNotice";
import { createUser, makeLink, type NewUser, type OneTimeLink } from "../api";

interface Props {
  readonly onClose: () => void;
  readonly onLink: (link: OneTimeLink & { readonly name: string }) => void;
}

/** An account without a password: the person comes in by a one-time link and sets one. */
export function NewUserDialog({ onClose, onLink }: Props) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { username: "", display_name: "", email: "", is_admin: false },
    validate: {
      username: (value) =>
        /^[\w.@+-]{2,150}$/.test(value) ? null : "Use letters, digits and . @ + - _",
    },
  });
  const create = useMutation({
    mutationFn: async (values: NewUser) => {
      const user = await createUser(values);
      return { ...(await makeLink(user.id)), name: user.display_name || user.username };
    },
    onSuccess: (link) => {
      onClose();
      onLink(link);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
  return (
    <Modal opened onClose={onClose} title="New user" size={420}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack gap="sm">
          {create.isError && <ErrorNotice error={create.error} />}
          <TextInput label="Name" data-autofocus {...form.getInputProps("display_name")} />
          <TextInput label="User name" autoCapitalize="none" {...form.getInputProps("username")} />
          <TextInput label="E-mail" type="email" {...form.getInputProps("email")} />
          <Checkbox
            label="Administrator of this installation"
            {...form.getInputProps("is_admin", { type: "checkbox" })}
          />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create, and make a link
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
