import classes from "./LabelChip.module.css";

interface Props {
  readonly name: string;
  readonly color: string;
  readonly count?: number;
}

/** A class with its colour; the name carries the meaning. */
export function LabelChip({ name, color, count }: Props) {
  return (
    <span className={classes["root"]}>
      <span className={classes["swatch"]} style={{ background: color }} />
      {name}
      {count !== undefined && <span className={classes["count"]}>{count}</span>}
    </span>
  );
}
