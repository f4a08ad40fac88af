import { Button, Group } from "@mantine/core";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError, messageOf } from "@/api/errors";
import { FullPageMessage } from "@/components/FullPageMessage";
import { LinkButton } from "@/components/LinkButton";

/** What is shown instead of a page that could not be made: the sentence, another try, and a way out. */
export function ErrorPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  const missing = error instanceof ApiError && error.status === 404;
  // After a deployment the chunks of the old page are gone; loading anew is all that helps.
  const stale = /dynamically imported module|importing a module script/i.test(messageOf(error));
  return (
    <FullPageMessage
      title={
        missing
          ? "There is nothing here"
          : stale
            ? "Marquee was updated"
            : "This page could not be shown"
      }
      action={
        <Group gap="xs">
          {!missing && (
            <Button onClick={() => (stale ? window.location.reload() : void router.invalidate())}>
              {stale ? "Load the new version" : "Try again"}
            </Button>
          )}
          <LinkButton to="/projects" variant="default">
            All projects
          </LinkButton>
        </Group>
      }
    >
      {stale ? "The page you opened belongs to an older version of this server." : messageOf(error)}
    </FullPageMessage>
  );
}
