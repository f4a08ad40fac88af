import { StatusDot, type Tone } from "@/components/StatusDot";
import { formatCount } from "@/lib/format";
import { countsOf, lossesOf } from "../lib/report";
import type { Report } from "../types";
import classes from "./datasets.module.css";

const TONES: Readonly<Record<string, Tone>> = {
  info: "neutral",
  warning: "warn",
  error: "bad",
  fatal: "bad",
};

/** Counts, classes, issues and losses of an import or export. */
export function ReportView({ report }: { readonly report: Report }) {
  const counts = countsOf(report);
  const losses = lossesOf(report);
  return (
    <div className={classes["form"]}>
      {report.format !== undefined && (
        <p className={classes["note"]}>
          Format: <b>{report.format}</b>
          {(report.reasons ?? []).length > 0 && `. ${report.reasons?.join(" ")}`}
        </p>
      )}
      {counts.length > 0 && (
        <dl className={classes["facts"]}>
          {counts.map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{formatCount(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {(report.labels ?? []).length > 0 && (
        <p className={classes["note"]}>
          Classes:{" "}
          {report.labels
            ?.map((label) =>
              label.n === undefined ? label.source : `${label.source} (${label.n})`,
            )
            .join(", ")}
        </p>
      )}
      {(report.issues ?? []).length > 0 && (
        <ul className={classes["issues"]}>
          {report.issues?.map((issue) => (
            <li key={issue.code}>
              <StatusDot tone={TONES[issue.severity] ?? "neutral"}>
                {issue.n} × {issue.code.replaceAll("_", " ")}
              </StatusDot>
              {issue.samples?.slice(0, 3).map((sample) => (
                <span key={`${sample.file}${sample.text}`}>
                  {[sample.file, sample.text].filter(Boolean).join(": ")}
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      {losses.map((loss) => (
        <StatusDot key={loss} tone="warn">
          {loss}
        </StatusDot>
      ))}
    </div>
  );
}
