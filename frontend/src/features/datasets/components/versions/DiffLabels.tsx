import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Card } from "@/components/Card";
import { formatCount } from "@/lib/format";
import type { DiffLabel } from "../../version-types";
import datasets from "../datasets.module.css";
import classes from "./diff.module.css";

interface Props {
  readonly labels: readonly DiffLabel[];
  readonly chosen: string | undefined;
  readonly onChoose: (label: string | undefined) => void;
}

/** Per class: what was removed to the left, what was added and changed to the right; click one to see only its images. */
export function DiffLabels({ labels, chosen, onChoose }: Props) {
  const touched = labels.filter((one) => one.added + one.removed + one.changed > 0);
  const quiet = labels.length - touched.length;
  const top = Math.max(1, ...touched.flatMap((one) => [one.removed, one.added + one.changed]));
  const width = (count: number) => ({ width: `${(100 * count) / top}%` });
  if (touched.length === 0) return null;
  return (
    <Card
      title="Objects by class"
      hint={quiet > 0 ? `${formatCount(quiet)} more classes did not change.` : undefined}
    >
      <ul className={classes["labels"]}>
        {touched.map((one) => (
          <li key={one.name}>
            <UnstyledButton
              aria-pressed={chosen === one.name}
              onClick={() => onChoose(chosen === one.name ? undefined : one.name)}
            >
              <span className={classes["labelName"]}>
                <i className={datasets["swatch"]} style={{ background: one.color }} />
                {one.name}
              </span>
              <span className={classes["left"]}>
                {one.removed > 0 && <Count sign="−" count={one.removed} word="removed" />}
                <i data-change="removed" style={width(one.removed)} />
              </span>
              <span className={classes["right"]}>
                <i data-change="added" style={width(one.added)} />
                <i data-change="changed" style={width(one.changed)} />
                {one.added > 0 && <Count sign="+" count={one.added} word="added" />}
                {one.changed > 0 && <Count sign="~" count={one.changed} word="changed" />}
              </span>
              <span className={classes["totals"]}>
                {formatCount(one.before)} → {formatCount(one.after)}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Count(props: { readonly sign: string; readonly count: number; readonly word: string }) {
  return (
    <small>
      {props.sign}
      {formatCount(props.count)}
      <VisuallyHidden> {props.word}</VisuallyHidden>
    </small>
  );
}
