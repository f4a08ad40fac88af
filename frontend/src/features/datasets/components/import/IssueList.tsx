import { Button } from "@mantine/core";
import { CheckCircle2, ChevronRight, Download } from "lucide-react";
import { useId, useState } from "react";
import { Card } from "@/components/Card";
import { StatusDot, type Tone } from "@/components/StatusDot";
import { formatCount, plural } from "@/lib/format";
import { reportUrl } from "../../import-api";
import type { ImportIssue } from "../../import-types";
import { titleOf } from "../../lib/issues";
import classes from "./import.module.css";

const TONES: Readonly<Record<ImportIssue["severity"], Tone>> = {
  fatal: "bad",
  error: "bad",
  warning: "warn",
  info: "neutral",
};

const MEANING: Readonly<Record<ImportIssue["severity"], string>> = {
  fatal: "file left out",
  error: "left out",
  warning: "look at it",
  info: "for your information",
};

interface Props {
  readonly issues: readonly ImportIssue[];
  /** The job whose report can be downloaded. */
  readonly jobId?: string;
}

/** What was noticed, the gravest first; each opens to the places where. */
export function IssueList({ issues, jobId }: Props) {
  if (issues.length === 0)
    return (
      <Card>
        <p className={classes["clean"]}>
          <CheckCircle2 size={16} aria-hidden /> Nothing to complain about: every record can be
          read.
        </p>
      </Card>
    );
  return (
    <Card
      title="What was noticed"
      hint={hintOf(issues)}
      actions={jobId !== undefined && <Downloads jobId={jobId} />}
      flush
    >
      <ul className={classes["issues"]}>
        {issues.map((issue) => (
          <IssueRow key={`${issue.code}-${issue.severity}`} issue={issue} />
        ))}
      </ul>
    </Card>
  );
}

function hintOf(issues: readonly ImportIssue[]): string {
  const sum = (...severities: ImportIssue["severity"][]) =>
    issues.reduce((total, one) => total + (severities.includes(one.severity) ? one.n : 0), 0);
  const lost = sum("error", "fatal");
  if (lost > 0)
    return `${plural(lost, "record")} cannot be used and will be left out; everything else comes in.`;
  return sum("warning") > 0
    ? "Everything that can be read comes in; look at the warnings first."
    : "Nothing is wrong; these are only remarks.";
}

export function Downloads({ jobId }: { readonly jobId: string }) {
  return (
    <>
      {(["csv", "json"] as const).map((kind) => (
        <Button
          key={kind}
          component="a"
          href={reportUrl(jobId, kind)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<Download size={13} />}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
    </>
  );
}

function IssueRow({ issue }: { readonly issue: ImportIssue }) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={14} data-open={open || undefined} aria-hidden />
        <StatusDot tone={TONES[issue.severity]}>{titleOf(issue.code)}</StatusDot>
        <span className={classes["meaning"]}>{MEANING[issue.severity]}</span>
        <span className={classes["times"]}>{formatCount(issue.n)}</span>
      </button>
      {open && (
        <div id={panel} className={classes["samples"]}>
          {issue.samples.map((sample, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples never change their order, and may be equal.
            <div key={index}>
              <code>
                {[sample.file, sample.where].filter(Boolean).join(" · ") || "the whole set"}
              </code>
              {sample.text}
            </div>
          ))}
          {issue.n > issue.samples.length && (
            <div className={classes["more"]}>
              {formatCount(issue.n - issue.samples.length)} more; the downloaded report has all.
            </div>
          )}
        </div>
      )}
    </li>
  );
}
