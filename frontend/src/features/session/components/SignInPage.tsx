import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { enterSession, useSession } from "@/api/queries/session";
import { safeNext } from "../lib/next";
import { AuthLayout } from "./AuthLayout";
import { SignInForm } from "./SignInForm";

/** The door. Whoever is in already is sent on. */
export default function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useSession();
  const user = session?.user;

  useEffect(() => {
    if (user) void navigate({ href: safeNext(next), replace: true });
  }, [user, next, navigate]);

  return (
    <AuthLayout title="Sign in" description="Welcome back. Your images are where you left them.">
      <SignInForm onDone={(answer) => enterSession(client, answer)} />
      <Text size="xs" c="dimmed" mt="lg">
        No account? Ask somebody in a project for an invitation. Lost your password? An
        administrator can make you a one-time link.
      </Text>
    </AuthLayout>
  );
}
