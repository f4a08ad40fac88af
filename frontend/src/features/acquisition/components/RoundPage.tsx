import { Button, Group, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ImageOff } from "lucide-react";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { projectQuery } from "@/api/queries/project";
import { confirmDestructive } from "@/components/confirm";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { closeRound, roundQuery } from "../api";
import type { Pick, RoundDetail } from "../types";
import { RoundState } from "./RoundState";
import classes from "./RoundsPage.module.css";

interface Props {
  readonly projectId: string;
  readonly roundId: string;
}

const FINISHED = new Set(["labelled", "reviewed", "skipped"]);

/** One round: the picked images in order, each with the reason why. */
export default function RoundPage({ projectId, roundId }: Props) {
  const query = useQuery(roundQuery(roundId));
  if (query.isPending) {
    return (
      <Page width="full">
        <Skeleton height={400} />
      </Page>
    );
  }
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  const round = query.data;
  const done = round.picks.filter((pick) => FINISHED.has(pick.image.state)).length;
  return (
    <Page width="full">
      <PageHeader
        title={`Round ${round.number}`}
        description={
          <>
            <RoundState round={round} />
            {` · ${round.strategy.replaceAll("_", " ")} over ${round.pool_size} images`}
            {round.model !== null && ` · model ${round.model.number}`}
          </>
        }
      >
        <Actions projectId={projectId} round={round} remaining={round.picks.length - done} />
      </PageHeader>
      {round.state === "selecting" && (
        <Progress value={100 * (round.progress ?? 0)} animated aria-label="Choosing images" />
      )}
      {round.state === "failed" && <ErrorNotice error={new Error(round.error ?? "It failed.")} />}
      {round.picks.length > 0 && (
        <Progress
          value={(100 * done) / round.picks.length}
          size={6}
          aria-label={`${done} of ${round.picks.length} labelled`}
        />
      )}
      <Kinds picks={round.picks} done={done} />
      {round.state !== "selecting" && round.picks.length === 0 && (
        <EmptyState icon={ImageOff} title="Nothing was picked" compact>
          Every image is labelled, held out for validation, or part of another open round.
        </EmptyState>
      )}
      <div className={classes["picks"]}>
        {round.picks.map((pick) => (
          <PickCard key={pick.image.id} projectId={projectId} pick={pick} />
        ))}
      </div>
    </Page>
  );
}

interface ActionsProps {
  readonly projectId: string;
  readonly round: RoundDetail;
  readonly remaining: number;
}

function Actions({ projectId, round, remaining }: ActionsProps) {
  const client = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const close = useMutation({
    mutationFn: () => closeRound(round.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.round(round.id) });
      void client.invalidateQueries({ queryKey: keys.project(projectId) });
    },
    onError: notifyError,
  });
  if (round.state !== "open") return null;
  const role = project.data?.role;
  return (
    <Group gap="xs">
      {role !== undefined && can(role, "rounds.start") && (
        <Button
          variant="default"
          loading={close.isPending}
          onClick={() =>
            confirmDestructive({
              title: "Close this round?",
              body: `${remaining} picked images go back to the end of the queue. What was labelled stays.`,
              confirm: "Close round",
              onConfirm: () => close.mutate(),
            })
          }
        >
          Close round
        </Button>
      )}
      {role !== undefined && can(role, "annotations.edit") && remaining > 0 && (
        <LinkButton to="/projects/$projectId/label" params={{ projectId }}>
          Label {remaining} {remaining === 1 ? "image" : "images"}
        </LinkButton>
      )}
    </Group>
  );
}

function Kinds({ picks, done }: { readonly picks: readonly Pick[]; readonly done: number }) {
  const counts = new Map<string, number>();
  for (const pick of picks) counts.set(pick.kind, (counts.get(pick.kind) ?? 0) + 1);
  if (picks.length === 0) return null;
  return (
    <p className={classes["kinds"]}>
      <span>
        <b>{done}</b> of {picks.length} labelled
      </span>
      {[...counts].map(([kind, count]) => (
        <span key={kind}>
          <b>{count}</b> {kind.replaceAll("_", " ")}
        </span>
      ))}
    </p>
  );
}

function PickCard({ projectId, pick }: { readonly projectId: string; readonly pick: Pick }) {
  const done = FINISHED.has(pick.image.state);
  return (
    <Link
      className={classes["pick"] ?? ""}
      data-done={done || undefined}
      to="/projects/$projectId/label/$imageId"
      params={{ projectId, imageId: pick.image.id }}
    >
      {pick.image.thumb_url !== null && <img src={pick.image.thumb_url} alt="" loading="lazy" />}
      <footer>
        <header>
          <span>
            {pick.rank}. {pick.image.name}
          </span>
          {done && <Check size={14} aria-label="labelled" />}
        </header>
        {pick.reason}
      </footer>
    </Link>
  );
}
