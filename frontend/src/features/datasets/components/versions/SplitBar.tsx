import { formatCount, formatPercent } from "@/lib/format";
import { SPLIT_NAMES, sharesOf } from "../../lib/splits";
import type { SplitName } from "../../version-types";
import classes from "./splits.module.css";

interface Props {
  readonly counts: Readonly<Partial<Record<SplitName, number>>>;
  /** What is counted, for people who cannot see the bar. */
  readonly what: string;
  readonly legend?: boolean | "short";
}

/** How a whole is divided, as one bar; with the numbers below when asked. */
export function SplitBar({ counts, what, legend = false }: Props) {
  const shares = sharesOf(counts);
  const text = shares.map((one) => `${one.count} ${SPLIT_NAMES[one.split]}`).join(", ");
  return (
    <div className={classes["whole"]}>
      <div className={classes["bar"]} role="img" aria-label={`${what}: ${text || "none"}`}>
        {shares.map((one) => (
          <span key={one.split} data-split={one.split} style={{ flexGrow: one.count }} />
        ))}
      </div>
      {legend !== false && (
        <ul className={classes["legend"]}>
          {shares.map((one) => (
            <li key={one.split}>
              <i data-split={one.split} />
              {SPLIT_NAMES[one.split]} <b>{formatCount(one.count)}</b>
              {legend !== "short" && <small>{formatPercent(one.part)}</small>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
