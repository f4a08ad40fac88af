import { Card } from "@/components/Card";
import { flatFacts } from "@/lib/facts";
import { formatBytes, formatExact } from "@/lib/format";
import type { Model } from "../types";
import classes from "./ModelPage.module.css";

/** What a model came from, exactly. */
export function Facts({ model }: { readonly model: Model }) {
  const rows: [string, string][] = [
    ["weights SHA-256", model.sha256],
    ["file size", formatBytes(model.bytes)],
    ["trained", formatExact(Date.parse(model.created_at))],
    ["classes", model.labels.map((label) => label.name).join(", ")],
    ...flatFacts(model.provenance ?? {}),
  ];
  return (
    <Card title="Provenance">
      <dl className={classes["facts"]}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
