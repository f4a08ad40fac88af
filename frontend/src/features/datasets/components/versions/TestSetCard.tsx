import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, LockOpen } from "lucide-react";
import { keys } from "@/api/keys";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { notifyDone, notifyError } from "@/components/notify";
import { plural } from "@/lib/format";
import type { DatasetVersion } from "../../types";
import { lockTestSet, splitsQuery } from "../../versions-api";
import classes from "./versions.module.css";

interface Props {
  readonly projectId: string;
  readonly newest: DatasetVersion | undefined;
  readonly may: boolean;
}

/** The test set measures every model: locked, no image enters or leaves it. */
export function TestSetCard({ projectId, newest, may }: Props) {
  const client = useQueryClient();
  const splits = useQuery(splitsQuery(projectId));
  const change = useMutation({
    mutationFn: (locked: boolean) => lockTestSet(projectId, locked, locked ? from : null),
    onSuccess: (state) => {
      void client.invalidateQueries({ queryKey: keys.project(projectId) });
      notifyDone(state.test_locked ? "The test set is locked." : "The test set is open again.");
    },
    onError: notifyError,
  });
  if (splits.data === undefined) return null;
  const { counts, test_locked: locked } = splits.data;
  const frozen = newest?.counts.splits?.["test"] ?? 0;
  const from = newest !== undefined && frozen > 0 ? newest.id : null;
  const possible = counts.test > 0 || from !== null;
  const Icon = locked ? Lock : LockOpen;
  return (
    <Card>
      <div className={classes["testSet"]} data-locked={locked || undefined}>
        <span className={classes["lock"]}>
          <Icon size={16} />
        </span>
        <div>
          <h2>
            {locked ? `Test set locked: ${plural(counts.test, "image")}` : "Test set not locked"}
          </h2>
          <p>
            {locked
              ? "These images measure every model. None leaves the set, none enters it, and new versions keep it."
              : possible
                ? "Lock it when models are to be compared over time: then no image enters or leaves it."
                : "Freeze a version with a test share, or put images into the split “test”; then the set can be locked."}
          </p>
        </div>
        {may && possible && (
          <Button
            variant="default"
            leftSection={locked ? <LockOpen size={14} /> : <Lock size={14} />}
            loading={change.isPending}
            onClick={() =>
              locked
                ? confirmDestructive({
                    title: "Unlock the test set?",
                    body: `${plural(counts.test, "image")} can then be moved and trained on. Figures of later models can no longer be compared with earlier ones.`,
                    confirm: "Unlock",
                    onConfirm: () => change.mutate(false),
                  })
                : change.mutate(true)
            }
          >
            {locked ? "Unlock" : from === null ? "Lock" : `Lock the set of v${newest?.number}`}
          </Button>
        )}
      </div>
    </Card>
  );
}
