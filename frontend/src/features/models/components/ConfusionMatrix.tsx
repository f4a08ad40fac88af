import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Card } from "@/components/Card";
import classes from "./ConfusionMatrix.module.css";

interface Props {
  readonly labels: readonly string[];
  /** Rows are the truth, columns the prediction. */
  readonly matrix: readonly (readonly number[])[];
}

/** Truth against prediction; the diagonal is right, everything else is a kind of mistake. */
export function ConfusionMatrix({ labels, matrix }: Props) {
  const [mode, setMode] = useState("share");
  return (
    <Card
      title="Confusion matrix"
      hint="Rows: what is there. Columns: what the model said. Background: nothing there, or nothing said."
      actions={
        <SegmentedControl
          size="xs"
          value={mode}
          onChange={setMode}
          data={[
            { value: "share", label: "Share of row" },
            { value: "count", label: "Count" },
          ]}
        />
      }
    >
      <div className={classes["scroll"]}>
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th />
              {labels.map((label) => (
                <th key={label} scope="col">
                  <span>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((truth, row) => {
              const total = (matrix[row] ?? []).reduce((sum, value) => sum + value, 0);
              return (
                <tr key={truth}>
                  <th scope="row">{truth}</th>
                  {labels.map((predicted, column) => {
                    const count = matrix[row]?.[column] ?? 0;
                    const share = total === 0 ? 0 : count / total;
                    return (
                      <td
                        key={predicted}
                        data-right={row === column || undefined}
                        title={`${count} × ${truth} predicted as ${predicted}`}
                        style={{ "--share": share } as React.CSSProperties}
                      >
                        {count === 0 ? "" : mode === "count" ? count : `${Math.round(share * 100)}`}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
