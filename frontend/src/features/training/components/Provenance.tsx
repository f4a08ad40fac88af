import { Card } from "@/components/Card";
import { formatExact } from "@/lib/format";
import type { Run } from "../types";
import classes from "./RunPage.module.css";

/** Flat [name, value] pairs of nested provenance, in order. */
function flat(value: Readonly<Record<string, unknown>>, prefix = ""): [string, string][] {
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    const name = `${prefix}${key.replaceAll("_", " ")}`;
    if (item === null || item === "") return [];
    if (Array.isArray(item)) return [[name, item.map(String).join(", ")]];
    if (typeof item === "object") return flat(item as Record<string, unknown>, `${name} › `);
    return [[name, String(item)]];
  });
}

/** Everything the run depends on, so that it can be repeated. */
export function Provenance({ run }: { readonly run: Run }) {
  const rows: [string, string][] = [
    ["backend", run.backend],
    ["task", run.task],
    ["start weights", run.weights || (run.kind === "train" ? "from scratch" : "")],
    ["dataset", run.version === null ? "" : `v${run.version.number} ${run.version.name}`],
    ["seed", String(run.seed)],
    ["created", formatExact(Date.parse(run.created_at))],
    ...flat(run.options, "option › "),
    ...flat(run.provenance),
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
