import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { enterSession, useSession } from "@/api/queries/session";
import { ErrorNotice } from "@/components/ErrorNotice";
import { acceptInvitation, invitationQuery, type NewAccount } from "../api";
import { AuthLayout } from "./AuthLayout";

/** An invitation: join with the account one has, or make one. */
export default function InvitationPage() {
  const { token } = useParams({ from: "/invite/$token" });
  const offer = useQuery(invitationQuery(token));
  const user = useSession()?.user;
  const navigate = useNavigate();
  const client = useQueryClient();
  const accept = useMutation({
    mutationFn: (account: NewAccount) => acceptInvitation(token, account),
    onSuccess: (session) => {
      enterSession(client, session);
      void navigate({ to: "/projects", replace: true });
    },
  });

  if (offer.isLoadingError)
    return (
      <AuthLayout title="This invitation cannot be used">
        <ErrorNotice error={offer.error} />
      </AuthLayout>
    );
  const place = offer.data?.project_name ?? "Marquee";
  return (
    <AuthLayout
      title={`Join ${place}`}
      description={
        offer.data && (
          <>
            You were invited to <b>{place}</b> as {article(offer.data.role)}{" "}
            <b>{offer.data.role}</b>.
          </>
        )
      }
    >
      {user ? (
        <Stack gap="sm">
          {accept.isError && <ErrorNotice error={accept.error} />}
          <Button size="lg" fullWidth loading={accept.isPending} onClick={() => accept.mutate({})}>
            Join as {user.display_name || user.username}
          </Button>
        </Stack>
      ) : (
        <NewAccountForm
          error={accept.error}
          busy={accept.isPending}
          onSubmit={(account) => accept.mutate(account)}
          token={token}
        />
      )}
    </AuthLayout>
  );
}

const article = (role: string) => (/^[aeiou]/.test(role) ? "an" : "a");

interface FormProps {
  readonly token: string;
  readonly error: Error | null;
  readonly busy: boolean;
  readonly onSubmit: (account: NewAccount) => void;
}

function NewAccountForm({ token, error, busy, onSubmit }: FormProps) {
  const form = useForm({
    initialValues: { display_name: "", username: "", password: "" },
    validate: {
      username: (value) =>
        /^[\w.@+-]{2,150}$/.test(value) ? null : "Use letters, digits and . @ + - _",
      password: (value) => (value.length < 10 ? "At least ten characters." : null),
    },
  });
  const fields = error instanceof ApiError ? error.fields : {};
  return (
    <form onSubmit={form.onSubmit(onSubmit)} noValidate>
      <Stack gap="sm">
        {error !== null && <ErrorNotice error={error} />}
        <TextInput
          label="Your name"
          autoComplete="name"
          autoFocus
          {...form.getInputProps("display_name")}
        />
        <TextInput
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          {...form.getInputProps("username")}
          error={form.errors["username"] ?? fields["username"]}
        />
        <PasswordInput
          label="Password"
          description="At least ten characters."
          autoComplete="new-password"
          {...form.getInputProps("password")}
          error={form.errors["password"] ?? fields["password"]}
        />
        <Button type="submit" size="lg" fullWidth loading={busy} mt="xs">
          Create account and join
        </Button>
        <Text size="xs" c="dimmed">
          You have an account already?{" "}
          <Link
            to="/sign-in"
            search={{ next: `/invite/${token}` }}
            style={{ textDecoration: "underline" }}
          >
            Sign in first
          </Link>
          .
        </Text>
      </Stack>
    </form>
  );
}
