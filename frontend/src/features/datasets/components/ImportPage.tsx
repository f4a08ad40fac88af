import { Button, FileInput, Group, Progress, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileArchive, FolderInput, SearchCheck } from "lucide-react";
import { useRef, useState } from "react";
import { keys } from "@/api/keys";
import { isActive, jobQuery } from "@/api/queries/jobs";
import { useCan } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyDone } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { uploadInPieces } from "@/components/upload/transport";
import { formatsQuery, startImport } from "../api";
import type { Report } from "../types";
import classes from "./datasets.module.css";
import { JobHistory } from "./JobHistory";
import { ReportView } from "./ReportView";

interface Props {
  readonly projectId: string;
}

const MODES = [
  { value: "add", label: "Add to what is there" },
  { value: "replace", label: "Replace the labels of images that match" },
  { value: "skip", label: "Leave images that have labels alone" },
];

/** Bring a labelled dataset in: send the archive, look at what was found, import. */
export default function ImportPage({ projectId }: Props) {
  const may = useCan(projectId, "imports.run");
  return (
    <Page>
      <PageHeader
        title="Import"
        description="Pictures with labels in a known format, as one archive. Nothing is written before you have seen what was found."
      >
        <LinkButton variant="default" to="/projects/$projectId/export" params={{ projectId }}>
          Export instead
        </LinkButton>
      </PageHeader>
      <div className={classes["stack"]}>
        {may ? (
          <ImportForm projectId={projectId} />
        ) : (
          <EmptyState icon={FolderInput} title="Only managers import datasets" compact />
        )}
        <JobHistory projectId={projectId} kind="import" title="Imports" />
      </div>
    </Page>
  );
}

function ImportForm({ projectId }: Props) {
  const client = useQueryClient();
  const formats = useQuery(formatsQuery);
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState("auto");
  const [mode, setMode] = useState("add");
  const [sent, setSent] = useState<number | null>(null);
  const upload = useRef<{ readonly file: File; readonly id: string } | null>(null);
  const stop = useRef<AbortController | null>(null);
  const request = async (dryRun: boolean) => {
    if (file === null) throw new Error("Choose an archive first.");
    if (upload.current?.file !== file) {
      stop.current = new AbortController();
      const id = await uploadInPieces(
        projectId,
        { file, path: file.name },
        { signal: stop.current.signal, onProgress: (bytes) => setSent(bytes / file.size) },
      );
      setSent(null);
      upload.current = { file, id };
    }
    return startImport(projectId, {
      upload: upload.current.id,
      ...(format === "auto" ? {} : { format }),
      mode,
      dry_run: dryRun,
    });
  };
  const check = useMutation({ mutationFn: () => request(true), onError: () => setSent(null) });
  const commit = useMutation({
    mutationFn: () => request(false),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.project(projectId) });
      notifyDone("The import has started; it appears below.");
    },
  });
  const found = useQuery({
    ...jobQuery(check.data?.id ?? ""),
    enabled: check.data !== undefined,
  });
  const finished = found.data?.state === "done" ? found.data : null;
  const checked = finished !== null;
  const busy =
    check.isPending || commit.isPending || (found.data !== undefined && isActive(found.data));
  return (
    <Card title="Dataset">
      <div className={classes["form"]}>
        <FileInput
          label="Archive"
          placeholder="Choose a zip file"
          accept=".zip,.tar,.tar.gz,.tgz"
          leftSection={<FileArchive size={14} />}
          value={file}
          maw={480}
          clearable
          onChange={(next) => {
            setFile(next);
            check.reset();
          }}
        />
        <Group align="flex-start">
          <Select
            label="Format"
            allowDeselect={false}
            value={format}
            onChange={(value) => setFormat(value ?? "auto")}
            data={[
              { value: "auto", label: "Find out" },
              ...(formats.data ?? []).map((one) => ({
                value: one.name,
                label: one.title || one.name,
              })),
            ]}
          />
          <Select
            label="Labels"
            w={320}
            allowDeselect={false}
            value={mode}
            onChange={(value) => setMode(value ?? "add")}
            data={MODES}
          />
        </Group>
        {sent !== null && (
          <Group wrap="nowrap">
            <Progress flex={1} value={100 * sent} aria-label="Sending" />
            <Button variant="default" size="compact-sm" onClick={() => stop.current?.abort()}>
              Cancel
            </Button>
          </Group>
        )}
        {check.isError && <ErrorNotice error={check.error} />}
        {commit.isError && <ErrorNotice error={commit.error} />}
        {found.data?.state === "failed" && <ErrorNotice error={new Error(found.data.error)} />}
        {finished !== null && <ReportView report={finished.result as Report} />}
        <Group>
          <Button
            variant={checked ? "default" : "filled"}
            leftSection={<SearchCheck size={14} />}
            disabled={file === null}
            loading={busy && !commit.isPending}
            onClick={() => check.mutate()}
          >
            Look what is in it
          </Button>
          {checked && (
            <Button
              leftSection={<FolderInput size={14} />}
              loading={commit.isPending}
              onClick={() => commit.mutate()}
            >
              Import
            </Button>
          )}
        </Group>
      </div>
    </Card>
  );
}
