import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatRow, StatTile } from "@/components/StatTile";
import { flatFacts } from "@/lib/facts";
import { formatCount, formatExact } from "@/lib/format";
import { versionQuery } from "../api";
import { splitText } from "../lib/report";
import classes from "./datasets.module.css";

interface Props {
  readonly projectId: string;
  readonly versionId: string;
}

/** One frozen version: what is in it, and how it was split. */
export default function VersionPage({ projectId, versionId }: Props) {
  const query = useQuery(versionQuery(versionId));
  if (query.isPending) {
    return (
      <Page>
        <Skeleton height={320} />
      </Page>
    );
  }
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  const { counts, hash, labels, name, notes, number, parameters } = query.data;
  const byLabel = counts.labels ?? {};
  return (
    <Page>
      <PageHeader title={`Version ${number} ${name}`} description={notes}>
        <LinkButton to="/projects/$projectId/export" params={{ projectId }} variant="default">
          Export
        </LinkButton>
      </PageHeader>
      <StatRow>
        <StatTile label="Images" value={formatCount(counts.images ?? 0)} />
        <StatTile label="Annotations" value={formatCount(counts.annotations ?? 0)} />
        <StatTile label="Split" value={splitText(counts.splits ?? {})} />
      </StatRow>
      <div className={classes["columns"]}>
        <Card title="Classes" hint="In the order of their index.">
          <dl className={classes["facts"]}>
            {labels.map((label, index) => (
              <div key={label.id} style={{ display: "contents" }}>
                <dt>
                  <span className={classes["swatch"]} style={{ background: label.color }} />
                  {index} {label.name}
                </dt>
                <dd>{formatCount(byLabel[label.name] ?? 0)}</dd>
              </div>
            ))}
          </dl>
        </Card>
        <Card title="How it was made">
          <dl className={classes["facts"]}>
            <dt>SHA-256</dt>
            <dd className={classes["hash"]}>{hash}</dd>
            <dt>frozen</dt>
            <dd>{formatExact(Date.parse(query.data.created_at))}</dd>
            {flatFacts(parameters).map(([key, value]) => (
              <div key={key} style={{ display: "contents" }}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Card>
      </div>
    </Page>
  );
}
