import { Button, Radio } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, FolderInput, RefreshCw } from "lucide-react";
import { ApiError } from "@/api/errors";
import { keys } from "@/api/keys";
import { labelsQuery } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { formatCount, plural } from "@/lib/format";
import { startImport } from "../../import-api";
import type { ImportReport } from "../../import-types";
import type { Mode } from "../../lib/import-state";
import { settle, sumsOf } from "../../lib/label-choices";
import classes from "./import.module.css";
import type { StepProps } from "./step-props";

const MODES: readonly { readonly value: Mode; readonly label: string; readonly text: string }[] = [
  {
    value: "add",
    label: "Add",
    text: "Objects that are not there yet are added; those that are there stay as they are.",
  },
  {
    value: "replace",
    label: "Replace",
    text: "Images in the files get exactly the objects of the files. What they had goes into their history.",
  },
  {
    value: "skip",
    label: "Leave labelled images alone",
    text: "Only images without objects get those of the files.",
  },
  {
    value: "predictions",
    label: "As suggestions",
    text: "Objects become suggestions that people accept or turn down. Nothing counts as labelled.",
  },
];

interface Props extends StepProps {
  readonly report: ImportReport;
}

/** The last question before anything is written, and the sum of all answers. */
export function ModeStep({ projectId, state, change, report }: Props) {
  const client = useQueryClient();
  const known = useQuery(labelsQuery(projectId)).data?.labels ?? [];
  const settled = settle(report.labels, state.choices, known);
  const sums = sumsOf(report.labels, settled);
  const start = useMutation({
    mutationFn: () =>
      startImport(projectId, {
        token: report.token,
        dry_run: false,
        mode: state.mode,
        labels: settled,
      }),
    onSuccess: (job) => {
      void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
      change({ commit: job.id, step: "report" });
    },
  });
  const at = (name: string) => report.counts[name] ?? 0;
  const changed = start.error instanceof ApiError && start.error.status === 409;
  return (
    <>
      <Card title="Objects on images that are in the project already">
        <Radio.Group
          aria-label="Objects on images that are in the project already"
          value={state.mode}
          onChange={(value) => change({ mode: value as Mode })}
        >
          <div className={classes["modes"]}>
            {MODES.map((mode) => (
              <Radio.Card key={mode.value} value={mode.value} className={classes["mode"] ?? ""}>
                <Radio.Indicator size="xs" />
                <span>
                  <strong>{mode.label}</strong>
                  {mode.text}
                </span>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
      </Card>
      <Card title="What will happen">
        <ul className={classes["sum"]}>
          <li>
            <b>{plural(at("new") + at("size_only"), "image")}</b> will be added
            {at("matched") > 0 && `; ${plural(at("matched"), "image")} of the project are matched`}
            {at("without_file") > 0 &&
              `; ${plural(at("without_file"), "image")} without a picture are left out`}
            .
          </li>
          <li>
            <b>{plural(at("annotations") - sums.objectsIgnored, "object")}</b>
            {state.mode === "predictions" ? " become suggestions" : " come in"}
            {at("annotations_here") > 0 &&
              state.mode !== "predictions" &&
              `, less ${formatCount(at("annotations_here"))} that are there already`}
            {sums.objectsIgnored > 0 &&
              `; ${plural(sums.objectsIgnored, "object")} of ignored classes are left out`}
            .
          </li>
          <li>
            <b>{plural(sums.created, "class", "classes")}</b> will be made
            {sums.used > 0 &&
              `; ${plural(sums.used, "name")} of the files mean classes of the project`}
            .
          </li>
        </ul>
        <p className={classes["note"]}>
          Importing the same files again adds nothing. An import can be cancelled and taken back.
        </p>
        {start.isError && <ErrorNotice error={start.error} />}
      </Card>
      <footer className={classes["foot"]}>
        <p />
        <div>
          <Button
            variant="default"
            leftSection={<ArrowLeft size={14} />}
            onClick={() => change({ step: "labels" })}
          >
            Back
          </Button>
          {changed ? (
            <Button leftSection={<RefreshCw size={14} />} onClick={() => change({ step: "found" })}>
              Look again
            </Button>
          ) : (
            <Button
              leftSection={<FolderInput size={15} />}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              Import
            </Button>
          )}
        </div>
      </footer>
    </>
  );
}
