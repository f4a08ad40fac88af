import { Card } from "@/components/Card";
import { flatFacts } from "@/lib/facts";
import { formatExact } from "@/lib/format";
import type { Run } from "../types";
import classes from "./RunPage.module.css";

/** Everything the run depends on, so that it can be repeated. */
export function Provenance({ run }: { readonly run: Run }) {
  const rows: [string, string][] = [
    ["backend", run.backend],
    ["task", run.task],
    ["start weights", run.weights || (run.kind === "train" ? "from scratch" : "")],
    ["dataset", run.version === null ? "" : `v${run.version.number} ${run.version.name}`],
    ["seed", String(run.seed)],
    ["created", formatExact(Date.parse(run.created_at))],
    ...flatFacts(run.options, "option › "),
    ...flatFacts(run.provenance),
  ];
  return (
    <Card title="Provenance">
      <dl className={classes["facts"]}>
        {rows
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Card>
  );
}
