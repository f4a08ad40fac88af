import { useMemo } from "react";
import { Card } from "@/components/Card";
import { LineChart } from "@/components/chart/LineChart";
import { classColor } from "@/lib/palette";
import type { Report } from "../types";
import classes from "./ModelPage.module.css";

const KINDS: Readonly<Record<string, { readonly title: string; readonly x: string }>> = {
  pr: { title: "Precision over recall", x: "recall" },
  f1: { title: "F1 over confidence", x: "confidence" },
  precision: { title: "Precision over confidence", x: "confidence" },
  recall: { title: "Recall over confidence", x: "confidence" },
};

/** Curves of the evaluation, one line a class. */
export function Curves({ curves }: { readonly curves: Report["curves"] }) {
  return (
    <div className={classes["grid"]}>
      {Object.entries(curves).map(([kind, lines]) => (
        <OneCurve key={kind} kind={kind} lines={lines} />
      ))}
    </div>
  );
}

interface Props {
  readonly kind: string;
  readonly lines: Report["curves"][string];
}

function OneCurve({ kind, lines }: Props) {
  const { title, x } = KINDS[kind] ?? { title: kind, x: "" };
  const series = useMemo(
    () =>
      Object.entries(lines).map(([name, points], index) => ({
        name,
        color: classColor(index),
        points: [...points].sort(([a], [b]) => a - b),
      })),
    [lines],
  );
  return (
    <Card title={title}>
      <LineChart
        series={series}
        xLabel={x}
        yRange={[0, 1]}
        height={280}
        xFormat={twoDigits}
        summary={`${title} for ${series.length} classes`}
      />
    </Card>
  );
}

const twoDigits = (value: number) => value.toFixed(1);
