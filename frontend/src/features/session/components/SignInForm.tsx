import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { signIn } from "@/api/queries/session";
import type { Session } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";

interface Props {
  /** Known when a session ended while working: only the password is asked for. */
  readonly username?: string;
  readonly onDone: (session: Session) => void;
}

/** User name and password. */
export function SignInForm({ username = "", onDone }: Props) {
  const form = useForm({
    initialValues: { username, password: "" },
    validate: {
      username: (value) => (value.trim() === "" ? "Enter your user name." : null),
      password: (value) => (value === "" ? "Enter your password." : null),
    },
  });
  const submit = useMutation({ mutationFn: signIn, onSuccess: onDone });
  return (
    <form onSubmit={form.onSubmit((values) => submit.mutate(values))} noValidate>
      <Stack gap="sm">
        {submit.isError && <ErrorNotice error={submit.error} />}
        <TextInput
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus={username === "" || undefined}
          autoFocus={username === ""}
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          data-autofocus={username !== "" || undefined}
          autoFocus={username !== ""}
          {...form.getInputProps("password")}
        />
        <Button type="submit" size="lg" mt="xs" fullWidth loading={submit.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
