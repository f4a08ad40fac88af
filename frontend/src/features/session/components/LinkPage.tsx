import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { enterSession, signInByLink } from "@/api/queries/session";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { AuthLayout } from "./AuthLayout";

/**
 * A one-time sign-in link. It asks for a click, because mail scanners and link previews open addresses by themselves
 * and would use the link up.
 */
export default function LinkPage() {
  const { token } = useParams({ from: "/link/$token" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: () => signInByLink(token),
    onSuccess: (session) => {
      enterSession(client, session);
      void navigate({ to: "/projects", replace: true });
    },
  });
  return (
    <AuthLayout
      title="Welcome to Marquee"
      description="This link signs you in once, without a password. You can set one in your account afterwards."
    >
      {enter.isError ? (
        <>
          <ErrorNotice error={enter.error} />
          <LinkButton to="/sign-in" variant="default" fullWidth mt="sm">
            Sign in with a password
          </LinkButton>
        </>
      ) : (
        <Button
          size="lg"
          fullWidth
          autoFocus
          loading={enter.isPending}
          onClick={() => enter.mutate()}
        >
          Continue
        </Button>
      )}
    </AuthLayout>
  );
}
