import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Job } from "@/api/types";
import { formatBytes, formatCount, plural } from "@/lib/format";
import { kindsText } from "../../lib/kinds";
import type { SplitName, SplitWarning } from "../../version-types";
import { SplitBar } from "../versions/SplitBar";
import { WarningLine } from "../versions/SplitPreviewView";
import classes from "./export.module.css";

interface Loss {
  readonly code: string;
  readonly count: number;
  readonly text: string;
}

interface Look {
  readonly counts?: {
    readonly images: number;
    readonly annotations: number;
    readonly without_annotations: number;
    readonly by_type: Readonly<Record<string, number>>;
    readonly by_split: Readonly<Record<string, number>>;
  };
  readonly lossy?: readonly Loss[];
  readonly issues?: readonly {
    readonly code: string;
    readonly samples?: readonly { readonly text?: string }[];
  }[];
  readonly estimate?: { readonly bytes: number; readonly pictures: number };
  readonly warnings?: readonly SplitWarning[];
}

/** Counts, size and losses of an export that was not written. */
export function ExportLook({
  job,
  withImages,
}: {
  readonly job: Job;
  readonly withImages: boolean;
}) {
  const look = job.result as Look;
  const { counts, estimate } = look;
  if (counts === undefined) return null;
  const divided = (["train", "val", "test"] as const).some((one) => counts.by_split[one]);
  return (
    <>
      <dl className={classes["counts"]}>
        <div>
          <dt>images</dt>
          <dd>{formatCount(counts.images)}</dd>
        </div>
        <div>
          <dt>annotations</dt>
          <dd>{formatCount(counts.annotations)}</dd>
        </div>
        {estimate !== undefined && (
          <div>
            <dt>{withImages ? "about, with pictures" : "about"}</dt>
            <dd>{formatBytes(estimate.bytes)}</dd>
          </div>
        )}
      </dl>
      <p className={classes["types"]}>
        {kindsText(counts.by_type)}
        {counts.without_annotations > 0 &&
          `${counts.annotations > 0 ? "; " : ""}${plural(counts.without_annotations, "image")} without objects`}
      </p>
      {divided && (
        <SplitBar
          counts={counts.by_split as Partial<Record<SplitName, number>>}
          what="Images"
          legend
        />
      )}
      {(look.warnings ?? []).map((warning) => (
        <WarningLine key={warning.code} warning={warning} />
      ))}
      {(look.issues ?? []).map((issue) => (
        <WarningLine
          key={issue.code}
          warning={{
            code: issue.code,
            n: 0,
            text: issue.samples?.[0]?.text ?? issue.code,
            samples: [],
          }}
        />
      ))}
      <Losses losses={look.lossy ?? []} />
    </>
  );
}

function Losses({ losses }: { readonly losses: readonly Loss[] }) {
  if (losses.length === 0) {
    return (
      <p className={classes["nothing"]}>
        <CircleCheck size={15} /> Nothing is lost: this format holds everything that is here.
      </p>
    );
  }
  const sum = losses.reduce((total, loss) => total + loss.count, 0);
  return (
    <section className={classes["losses"]} aria-label="What would be lost">
      <h3>
        <TriangleAlert size={14} /> {plural(sum, "loss", "losses")}
      </h3>
      <ul>
        {[...losses]
          .sort((a, b) => b.count - a.count)
          .map((loss) => (
            <li key={`${loss.code} ${loss.text}`}>
              <b>{formatCount(loss.count)}</b>
              <span>{loss.text.replace(/^\d+ /, "")}</span>
            </li>
          ))}
      </ul>
    </section>
  );
}
