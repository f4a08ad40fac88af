import { TriangleAlert } from "lucide-react";
import { formatCount, plural } from "@/lib/format";
import { SPLITS, type SplitPreview, type SplitWarning } from "../../version-types";
import datasets from "../datasets.module.css";
import { SplitBar } from "./SplitBar";
import classes from "./splits.module.css";

/** Sizes, class balance and warnings of a split that nobody has written yet. */
export function SplitPreviewView({ preview }: { readonly preview: SplitPreview }) {
  const notes = [
    preview.groups > 0 &&
      plural(preview.groups, "group of images stays together", "groups of images stay together"),
    preview.fixed > 0 && `${plural(preview.fixed, "image")} already decided`,
    preview.held_out_kept && "validation stays what it was, new images go to training",
    preview.test_locked && "the test set is locked",
  ].filter((one): one is string => typeof one === "string");
  const filled = SPLITS.filter((split) => preview.splits[split] > 0);
  return (
    <div className={classes["fields"]}>
      <SplitBar counts={preview.splits} what="Images" legend />
      {notes.length > 0 && <p className={datasets["note"]}>{`${notes.join("; ")}.`}</p>}
      {preview.warnings.map((warning) => (
        <WarningLine key={warning.code} warning={warning} />
      ))}
      <section className={classes["scroll"]} aria-label="Class balance">
        <table className={classes["balance"]}>
          <thead>
            <tr>
              <th scope="col">Objects of</th>
              {filled.map((split) => (
                <th key={split} scope="col">
                  {split}
                </th>
              ))}
              <th />
            </tr>
          </thead>
          <tbody>
            {preview.labels.map((label) => (
              <tr key={label.id}>
                <td title={label.name}>
                  <span className={datasets["swatch"]} style={{ background: label.color }} />
                  {label.name}
                </td>
                {filled.map((split) => (
                  <td key={split} data-none={label[split] === 0 || undefined}>
                    {formatCount(label[split])}
                  </td>
                ))}
                <td>
                  <SplitBar counts={label} what={label.name} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

export function WarningLine({ warning }: { readonly warning: SplitWarning }) {
  return (
    <div className={classes["warning"]} role="note">
      <TriangleAlert size={14} />
      <span>
        {warning.text}
        {warning.samples.length > 0 && (
          <small>
            {warning.samples.slice(0, 5).join(", ")}
            {warning.n > 5 && " …"}
          </small>
        )}
      </span>
    </div>
  );
}
