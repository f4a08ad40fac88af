import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { jobQuery } from "@/api/queries/jobs";
import { reportQuery } from "../../import-api";
import { parametersOf } from "../../lib/import-jobs";
import {
  type ImportState,
  reachable,
  recall,
  remember,
  START,
  type Step,
} from "../../lib/import-state";
import { FilesStep } from "./FilesStep";
import { FoundStep } from "./FoundStep";
import { ImportHistory } from "./ImportHistory";
import classes from "./import.module.css";
import { LabelsStep } from "./LabelsStep";
import { ModeStep } from "./ModeStep";
import { ReportStep } from "./ReportStep";
import { Steps } from "./Steps";
import type { StepProps } from "./step-props";

interface Props {
  readonly projectId: string;
}

/** Files → what is in them → what their classes mean → how → the report. Nothing is written before the last step. */
export function ImportWizard({ projectId }: Props) {
  const [state, setState] = useState(() => recall(projectId));
  useEffect(() => remember(projectId, state), [projectId, state]);
  const change = (patch: Partial<ImportState>) => setState((before) => ({ ...before, ...patch }));
  const look = useQuery({ ...jobQuery(state.look ?? ""), enabled: state.look !== null });
  const looked = look.data?.state === "done";
  const report = useQuery({ ...reportQuery(state.look ?? ""), enabled: looked });
  const open = reachable(state, looked && report.isSuccess);
  const step: Step = open.has(state.step) ? state.step : state.look === null ? "files" : "found";
  const props: StepProps = { projectId, state, change };
  return (
    <div className={classes["wizard"]}>
      <Steps current={step} open={open} onGo={(next) => change({ step: next })} />
      {step === "files" && <FilesStep {...props} />}
      {step === "found" && <FoundStep {...props} job={look} report={report.data} />}
      {step === "labels" && report.data !== undefined && (
        <LabelsStep {...props} report={report.data} />
      )}
      {step === "mode" && report.data !== undefined && <ModeStep {...props} report={report.data} />}
      {step === "report" && <ReportStep {...props} />}
      {(step === "files" || step === "report") && (
        <ImportHistory
          projectId={projectId}
          onOpen={(job) =>
            setState(
              parametersOf(job).dry_run === true
                ? { ...START, look: job.id, step: "found" }
                : { ...START, commit: job.id, step: "report" },
            )
          }
        />
      )}
    </div>
  );
}
