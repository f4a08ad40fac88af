import { Button, Progress, SegmentedControl } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ArrowRight, FileArchive } from "lucide-react";
import { useRef, useState } from "react";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import type { Picked } from "@/components/upload/collect";
import { DropBox } from "@/components/upload/DropZone";
import { uploadInPieces } from "@/components/upload/transport";
import { formatBytes, plural } from "@/lib/format";
import { startImport } from "../../import-api";
import { lookBody, lookedAgain, type Source, START } from "../../lib/import-state";
import { archivesAmong, type Packed, packPicked } from "../../lib/tar";
import { FromSource } from "./FromSource";
import classes from "./import.module.css";
import { ServerFolders } from "./ServerFolders";
import type { StepProps } from "./step-props";

const ANYTHING = "";

/** Where the files come from: this computer, a folder of the server, or a bucket. */
export function FilesStep({ projectId, state, change }: StepProps) {
  const [place, setPlace] = useState<Source["kind"]>(state.source?.kind ?? "upload");
  const look = useMutation({
    mutationFn: (source: Source) => startImport(projectId, lookBody({ ...START, source })),
    onSuccess: (job, source) => change(lookedAgain({ ...START, source }, job.id)),
  });
  return (
    <Card
      title="Where are the files?"
      hint="An archive (zip, tar), a folder, or one annotation file. The pictures may be in the project already."
      actions={
        state.look !== null && (
          <Button
            variant="default"
            rightSection={<ArrowRight size={14} />}
            onClick={() => change({ step: "found" })}
          >
            Back to what was found
          </Button>
        )
      }
    >
      <div className={classes["column"]}>
        <SegmentedControl
          className={classes["places"] ?? ""}
          aria-label="Where the files are"
          value={place}
          onChange={(value) => setPlace(value as Source["kind"])}
          data={[
            { value: "upload", label: "On this computer" },
            { value: "path", label: "In a folder of the server" },
            { value: "source", label: "In a bucket" },
          ]}
        />
        {look.isError && <ErrorNotice error={look.error} />}
        {place === "upload" && (
          <FromComputer projectId={projectId} busy={look.isPending} onSent={look.mutate} />
        )}
        {place === "path" && (
          <ServerFolders projectId={projectId} busy={look.isPending} onChoose={look.mutate} />
        )}
        {place === "source" && (
          <FromSource projectId={projectId} busy={look.isPending} onChoose={look.mutate} />
        )}
      </div>
    </Card>
  );
}

interface ComputerProps {
  readonly projectId: string;
  readonly busy: boolean;
  readonly onSent: (source: Source) => void;
}

function FromComputer({ projectId, busy, onSent }: ComputerProps) {
  const [packed, setPacked] = useState<Packed | null>(null);
  const [refused, setRefused] = useState("");
  const [sent, setSent] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const send = useMutation({
    mutationFn: async (one: Packed) => {
      stop.current = new AbortController();
      setSent(0);
      const item = { file: one.file, path: one.file.name };
      const options = { signal: stop.current.signal, onProgress: setSent };
      return {
        kind: "upload",
        id: await uploadInPieces(projectId, item, options),
        name: one.title,
      } as const;
    },
    onSuccess: onSent,
  });
  const take = (files: Picked[]) => {
    const [archive] = archivesAmong(files);
    const next = packPicked(files);
    setRefused(
      archive === undefined
        ? ""
        : `“${archive}” is an archive among other files and would not be opened. Drop one archive alone, or unpack it.`,
    );
    if (archive !== undefined || next === null) return;
    setPacked(next);
    send.mutate(next);
  };
  if (packed !== null && (send.isPending || busy))
    return (
      <div className={classes["sending"]}>
        <FileArchive size={18} aria-hidden />
        <div>
          <strong>{packed.title}</strong>
          <span>
            {packed.count > 1 && `${plural(packed.count, "file")} · `}
            {formatBytes(sent)} of {formatBytes(packed.file.size)}
          </span>
          <Progress
            value={packed.file.size === 0 ? 0 : (100 * sent) / packed.file.size}
            aria-label="Sending"
          />
        </div>
        <Button variant="default" disabled={!send.isPending} onClick={() => stop.current?.abort()}>
          Cancel
        </Button>
      </div>
    );
  return (
    <>
      {refused !== "" && <ErrorNotice error={new Error(refused)} />}
      {send.isError && packed !== null && (
        <ErrorNotice error={send.error} onRetry={() => send.mutate(packed)} />
      )}
      <DropBox onPick={take} accept={ANYTHING} what="a dataset: an archive, a folder, or files">
        A broken upload goes on where it stopped. COCO, VOC, YOLO, CVAT, LabelMe, Label Studio and
        many more are recognised.
      </DropBox>
    </>
  );
}
