import { Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { keys } from "@/api/keys";
import { cancelJob } from "@/api/queries/jobs";
import type { Job } from "@/api/types";
import { Card } from "@/components/Card";
import { notifyError } from "@/components/notify";
import { StatusDot } from "@/components/StatusDot";
import classes from "./versions.module.css";

interface Props {
  readonly projectId: string;
  readonly jobs: readonly Job[];
}

/** Freezing and restoring that goes on now. */
export function VersionJobs({ projectId, jobs }: Props) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.jobs(projectId) }),
    onError: notifyError,
  });
  if (jobs.length === 0) return null;
  return (
    <Card>
      {jobs.map((job) => (
        <div key={job.id} className={classes["job"]}>
          <StatusDot tone="run" pulse>
            {titleOf(job)}
          </StatusDot>
          <Progress
            size={4}
            value={job.total ? (100 * job.done) / job.total : 100}
            animated={job.total === null}
            aria-label={titleOf(job)}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<X size={13} />}
            onClick={() => cancel.mutate(job.id)}
          >
            Cancel
          </Button>
        </div>
      ))}
    </Card>
  );
}

function titleOf(job: Job): string {
  const parameters = job.parameters as { readonly action?: string; readonly number?: number };
  const what =
    parameters.action === "restore" ? `Restoring v${parameters.number}` : "Freezing a version";
  return job.message === "" ? what : `${what}: ${job.message.toLowerCase()}`;
}
