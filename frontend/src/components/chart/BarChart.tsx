import { Tooltip } from "@mantine/core";
import classes from "./BarChart.module.css";

export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly color?: string;
}

interface Props {
  readonly bars: readonly Bar[];
  readonly height?: number;
  readonly format?: (value: number) => string;
  /** Said to people who cannot see the bars. */
  readonly summary: string;
}

/** Upright bars over time: the highest is named, the others on hover. */
export function BarChart({ bars, height = 120, format = String, summary }: Props) {
  const top = Math.max(1, ...bars.map((bar) => bar.value));
  const first = bars[0];
  const last = bars.at(-1);
  return (
    <div role="img" aria-label={summary}>
      <div className={classes["columns"]} style={{ height }}>
        {bars.map((bar) => (
          <Tooltip key={bar.key} label={`${bar.label}: ${format(bar.value)}`}>
            <div className={classes["slot"]}>
              {bar.value === top && <span>{format(bar.value)}</span>}
              <div
                className={classes["column"]}
                data-empty={bar.value === 0 || undefined}
                style={{ height: `${Math.max(1.5, (82 * bar.value) / top)}%` }}
              />
            </div>
          </Tooltip>
        ))}
      </div>
      {first !== undefined && last !== undefined && (
        <div className={classes["ends"]}>
          <span>{first.label}</span>
          <span>{last.label}</span>
        </div>
      )}
    </div>
  );
}

/** Lying bars with their names, for parts of a whole. */
export function BarList({ bars, format = String, summary }: Props) {
  const top = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul className={classes["list"]} aria-label={summary}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <span className={classes["name"]} title={bar.label}>
            {bar.label}
          </span>
          <span className={classes["track"]}>
            <span
              style={{
                width: `${(100 * bar.value) / top}%`,
                minWidth: bar.value > 0 ? 2 : 0,
                ...(bar.color === undefined ? {} : { background: bar.color }),
              }}
            />
          </span>
          <span className={classes["value"]}>{format(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}
