import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PackageOpen, ScanSearch } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob, isActive, jobQuery } from "@/api/queries/jobs";
import type { Job, PluginInfo } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone } from "@/components/notify";
import { type JsonSchema, validate } from "@/components/schema-form/schema";
import { startExport } from "../../api";
import { type ExportForm, exportProblem, requestOf } from "../../lib/export-settings";
import datasets from "../datasets.module.css";
import { ExportLook } from "./ExportLook";
import classes from "./export.module.css";

interface Props {
  readonly projectId: string;
  readonly format: PluginInfo;
  readonly options: Readonly<Record<string, unknown>>;
  readonly form: ExportForm;
}

/** First a look at what would be lost, then the writing; a change of anything asks for a new look. */
export function ExportReview({ projectId, format, options, form }: Props) {
  const client = useQueryClient();
  const [looked, setLooked] = useState<{ readonly what: string; readonly job: string } | null>(
    null,
  );
  const what = JSON.stringify(requestOf(format.name, options, form, true));
  const schema = (format.options_schema ?? {}) as JsonSchema;
  const problem = exportProblem(form);
  const blocked = problem !== null || Object.keys(validate(schema, { ...options })).length > 0;
  const freshen = () => void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
  const look = useMutation({
    mutationFn: () => startExport(projectId, requestOf(format.name, options, form, true)),
    onSuccess: (job) => {
      setLooked({ what, job: job.id });
      freshen();
    },
  });
  const write = useMutation({
    mutationFn: () => startExport(projectId, requestOf(format.name, options, form, false)),
    onSuccess: () => {
      freshen();
      notifyDone("The export has started; it appears below.");
    },
  });
  const current = looked?.what === what ? looked.job : null;
  return (
    <aside className={classes["review"]}>
      <Card title="Before writing" hint={`What ${format.title || format.name} will hold.`}>
        <div className={datasets["form"]} aria-live="polite">
          {current === null ? (
            <p className={datasets["note"]}>
              {looked === null
                ? "Count the images and annotations, and everything that the format cannot express."
                : "Something was changed since the last look."}
            </p>
          ) : (
            <Looking key={current} jobId={current} withImages={form.withImages} />
          )}
          {problem !== null && <p className={classes["problem"]}>{problem}</p>}
          {look.isError && <ErrorNotice error={look.error} />}
          {write.isError && <ErrorNotice error={write.error} />}
          <Button
            variant={current === null ? "filled" : "default"}
            leftSection={<ScanSearch size={14} />}
            loading={look.isPending}
            disabled={blocked}
            onClick={() => look.mutate()}
          >
            {current === null ? "Look what would be lost" : "Look again"}
          </Button>
          <Button
            variant={current === null ? "default" : "filled"}
            leftSection={<PackageOpen size={14} />}
            loading={write.isPending}
            disabled={blocked}
            onClick={() => write.mutate()}
          >
            Export {format.title || format.name}
          </Button>
        </div>
      </Card>
    </aside>
  );
}

function Looking({ jobId, withImages }: { readonly jobId: string; readonly withImages: boolean }) {
  const job = useQuery(jobQuery(jobId));
  const cancel = useMutation({ mutationFn: () => cancelJob(jobId) });
  if (job.isError) return <ErrorNotice error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined || isActive(job.data)) {
    return <Waiting job={job.data} onCancel={() => cancel.mutate()} />;
  }
  if (job.data.state === "done") return <ExportLook job={job.data} withImages={withImages} />;
  return <ErrorNotice error={new Error(job.data.error || "The look was cancelled.")} />;
}

function Waiting({
  job,
  onCancel,
}: {
  readonly job: Job | undefined;
  readonly onCancel: () => void;
}) {
  const known = job?.total !== null && job?.total !== undefined && job.total > 0;
  return (
    <div className={classes["waiting"]}>
      <span>{job?.message || "Waiting for a worker"}</span>
      <Progress
        size={4}
        value={known ? (100 * job.done) / (job.total ?? 1) : 100}
        animated={!known}
        aria-label="Progress of the look"
      />
      <Button variant="subtle" size="compact-sm" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
