import { Check } from "lucide-react";
import { STEPS, type Step } from "../../lib/import-state";
import classes from "./import.module.css";

const TITLES: Readonly<Record<Step, string>> = {
  files: "Files",
  found: "What is in them",
  labels: "Classes",
  mode: "Confirm",
  report: "Report",
};

interface Props {
  readonly current: Step;
  readonly open: ReadonlySet<Step>;
  readonly onGo: (step: Step) => void;
}

/** Where one is; every step that was reached can be gone back to. */
export function Steps({ current, open, onGo }: Props) {
  const here = STEPS.indexOf(current);
  return (
    <nav aria-label="Steps of the import">
      <ol className={classes["steps"]}>
        {STEPS.map((step, index) => (
          <li key={step} data-done={index < here || undefined}>
            <button
              type="button"
              aria-current={step === current ? "step" : undefined}
              disabled={!open.has(step)}
              onClick={() => onGo(step)}
            >
              <span className={classes["number"]} aria-hidden>
                {index < here ? <Check size={12} strokeWidth={3} /> : index + 1}
              </span>
              {TITLES[step]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
