import { Badge, Button, Progress, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderSync, Pencil, Plus, RefreshCw, Trash2, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import { useCan } from "@/api/queries/project";
import type { Job, Source } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmDestructive } from "@/components/confirm";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { plural } from "@/lib/format";
import { placesQuery, removeSource, reportQuery, sourcesQuery, synchronise } from "../api";
import { describeCounts, lastSync, oddFiles } from "../lib/sync";
import { SourceDialog } from "./SourceDialog";
import classes from "./sources.module.css";

interface Props {
  readonly projectId: string;
}

/** Folders, buckets and lists that the project keeps in step with. */
export default function SourcesPage({ projectId }: Props) {
  const may = useCan(projectId, "imports.run");
  if (may) return <Sources projectId={projectId} />;
  return (
    <Page>
      <PageHeader title="Sources" />
      <Card>
        <EmptyState icon={FolderSync} title="Sources are for managers" compact>
          Ask an owner or manager of this project to connect a folder or bucket.
        </EmptyState>
      </Card>
    </Page>
  );
}

function Sources({ projectId }: Props) {
  const query = useQuery(sourcesQuery(projectId));
  const jobs = useQuery(jobsQuery(projectId)).data?.results ?? [];
  const [adding, setAdding] = useState(false);
  const start = useSynchronise(projectId);
  const sources = query.data?.results ?? [];
  const add = (
    <Button leftSection={<Plus size={15} />} onClick={() => setAdding(true)}>
      Add a source
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Sources"
        description="Folders, buckets and lists of addresses. Synchronising finds new, changed and vanished pictures; nothing is ever deleted."
      >
        {sources.length > 0 && add}
      </PageHeader>
      {query.isPending && <Skeleton height={140} />}
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && sources.length === 0 && (
        <Card>
          <EmptyState icon={FolderSync} title="No sources yet" action={add}>
            Connect a folder of the server, an S3, Azure or Google bucket, or a list of addresses,
            with or without copying the pictures.
          </EmptyState>
        </Card>
      )}
      <div className={classes["list"]}>
        {sources.map((source) => (
          <SourceCard
            key={source.id}
            projectId={projectId}
            source={source}
            job={lastSync(jobs, source)}
          />
        ))}
      </div>
      {adding && (
        <SourceDialog
          projectId={projectId}
          onClose={() => setAdding(false)}
          onAdded={(source) => start.mutate(source.id)}
        />
      )}
    </Page>
  );
}

function useSynchronise(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: synchronise,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.jobs(projectId) }),
    onError: notifyError,
  });
}

interface CardProps extends Props {
  readonly source: Source;
  readonly job: Job | undefined;
}

function SourceCard({ projectId, source, job }: CardProps) {
  const client = useQueryClient();
  const place = useQuery(placesQuery).data?.find((one) => one.name === source.plugin);
  const [editing, setEditing] = useState(false);
  const [open, setOpen] = useState(false);
  const start = useSynchronise(projectId);
  const fresh = () => client.invalidateQueries({ queryKey: keys.project(projectId) });
  const cancel = useMutation({ mutationFn: cancelJob, onSuccess: fresh, onError: notifyError });
  const remove = useMutation({ mutationFn: removeSource, onSuccess: fresh, onError: notifyError });
  const busy = job !== undefined && isActive(job);
  const odd = oddFiles(job);
  return (
    <Card>
      <div className={classes["source"]}>
        <div>
          <div className={classes["name"]}>
            <h2>{source.name}</h2>
            <Badge color="gray">{place?.title ?? source.plugin}</Badge>
            {!source.copies && <Badge color="blue">not copied</Badge>}
          </div>
          <p className={classes["facts"]}>{whereOf(source)}</p>
          <p className={classes["facts"]}>
            {plural(source.images, "image")}
            {source.synced_at !== null && (
              <>
                {" · synchronised "}
                <RelativeTime value={source.synced_at} />
                {`: ${describeCounts(source.report)}`}
              </>
            )}
          </p>
        </div>
        <div className={classes["actions"]}>
          {busy ? (
            <Button
              variant="default"
              leftSection={<X size={14} />}
              loading={cancel.isPending}
              onClick={() => cancel.mutate(job.id)}
            >
              Cancel
            </Button>
          ) : (
            <Button
              leftSection={<RefreshCw size={14} />}
              loading={start.isPending}
              onClick={() => start.mutate(source.id)}
            >
              Synchronise
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<Pencil size={14} />}
            onClick={() => setEditing(true)}
          >
            Change
          </Button>
          <Button
            variant="default"
            color="red"
            aria-label={`Remove ${source.name}`}
            onClick={() =>
              confirmDestructive({
                title: `Remove ${source.name}?`,
                body: "The connection is forgotten. Its images and their annotations stay in the project.",
                confirm: "Remove",
                onConfirm: () => remove.mutate(source.id),
              })
            }
          >
            <Trash2 size={14} />
          </Button>
        </div>
        {busy && <Running job={job} />}
        {job?.state === "failed" && (
          <div className={classes["progress"]}>
            <ErrorNotice error={new Error(job.error)} />
          </div>
        )}
        {!busy && job !== undefined && odd > 0 && (
          <div className={classes["progress"]}>
            <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!open)}>
              {open ? "Hide" : "Show"} {plural(odd, "file")} that did not simply come in
            </Button>
            {open && <Files jobId={job.id} />}
          </div>
        )}
      </div>
      {editing && (
        <SourceDialog projectId={projectId} source={source} onClose={() => setEditing(false)} />
      )}
    </Card>
  );
}

function Running({ job }: { readonly job: Job }) {
  const known = job.total !== null && job.total > 0;
  const share = known ? (100 * job.done) / (job.total ?? 1) : 100;
  return (
    <div className={classes["progress"]}>
      <Progress value={share} animated={!known} size={5} aria-label="Progress" />
      <p className={classes["facts"]}>
        {job.state === "queued" ? "Waiting for a worker" : job.message || "Listing"}
      </p>
    </div>
  );
}

function Files({ jobId }: { readonly jobId: string }) {
  const query = useQuery(reportQuery(jobId));
  if (query.isPending) return <Skeleton height={80} mt={8} />;
  if (query.isError)
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard.
    <ul className={classes["report"]} tabIndex={0} aria-label="Files">
      {query.data.files.slice(0, 500).map((file) => (
        <li key={`${file.status}-${file.name}`}>
          <Badge color={file.status === "refused" ? "red" : "gray"} size="sm">
            {file.status === "ignored" ? "left out" : file.status}
          </Badge>
          <div>
            {file.name}
            <small>{file.detail}</small>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The place itself, from whichever options say it. */
function whereOf(source: Source): string {
  const said = ["path", "container", "bucket", "prefix", "endpoint", "list_address"].flatMap(
    (name) => {
      const value = source.options[name];
      return typeof value === "string" && value !== "" ? [value] : [];
    },
  );
  const lines = source.options["addresses"];
  if (said.length === 0 && typeof lines === "string")
    return plural(
      lines.split("\n").filter((line) => line.trim() !== "").length,
      "address",
      "addresses",
    );
  return said.join(" · ");
}
