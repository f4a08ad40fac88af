import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isActive, jobsQuery } from "@/api/queries/jobs";
import { useCan } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatRow, StatTile } from "@/components/StatTile";
import { flatFacts } from "@/lib/facts";
import { formatCount, formatExact } from "@/lib/format";
import { versionQuery, versionsQuery } from "../../api";
import type { DatasetVersion } from "../../types";
import datasets from "../datasets.module.css";
import { IntegrityLine } from "./IntegrityLine";
import { SplitBar } from "./SplitBar";
import { VersionActions } from "./VersionActions";
import { VersionJobs } from "./VersionJobs";
import { VersionNotes } from "./VersionNotes";
import classes from "./versions.module.css";

interface Props {
  readonly projectId: string;
  readonly versionId: string;
}

/** One frozen version: what is in it, how it was split, and whether it still is what it was. */
export default function VersionPage({ projectId, versionId }: Props) {
  const query = useQuery(versionQuery(versionId));
  const versions = useQuery(versionsQuery(projectId));
  const jobs = useQuery(jobsQuery(projectId));
  const may = useCan(projectId, "versions.create");
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
  const version = query.data;
  const base = versions.data?.results.find((one) => one.number < version.number);
  const running = jobs.data?.results.filter((job) => job.kind === "version" && isActive(job)) ?? [];
  return (
    <Page>
      <PageHeader
        title={`Version ${version.number} ${version.name}`}
        description={`Frozen ${formatExact(Date.parse(version.created_at))}`}
      >
        {base !== undefined && (
          <LinkButton
            variant="default"
            to="/projects/$projectId/versions/$versionId/diff"
            params={{ projectId, versionId }}
            search={{ base: base.id }}
          >
            Compare with v{base.number}
          </LinkButton>
        )}
        <LinkButton
          variant="default"
          to="/projects/$projectId/export"
          params={{ projectId }}
          search={{ version: version.id }}
        >
          Export
        </LinkButton>
        {may && <VersionActions projectId={projectId} version={version} />}
      </PageHeader>
      <div className={datasets["stack"]}>
        <VersionJobs projectId={projectId} jobs={running} />
        <StatRow>
          <StatTile label="Images" value={formatCount(version.counts.images ?? 0)} />
          <StatTile label="Annotations" value={formatCount(version.counts.annotations ?? 0)} />
          <StatTile label="Classes" value={formatCount(version.labels.length)} />
        </StatRow>
        <div className={classes["two"]}>
          <Classes version={version} />
          <div className={datasets["stack"]}>
            <Card title="Split">
              <SplitBar counts={version.counts.splits ?? {}} what="Images" legend />
            </Card>
            <VersionNotes version={version} may={may} />
            <HowItWasMade version={version} />
          </div>
        </div>
      </div>
    </Page>
  );
}

function Classes({ version }: { readonly version: DatasetVersion }) {
  const counts = version.counts.labels ?? {};
  const top = Math.max(1, ...Object.values(counts));
  return (
    <Card title="Classes" hint="In the order of their index.">
      <ol className={classes["classes"]}>
        {version.labels.map((label, index) => {
          const count = counts[label.name] ?? 0;
          return (
            <li key={label.id}>
              <small>{index}</small>
              <span className={datasets["swatch"]} style={{ background: label.color }} />
              <span title={label.name}>{label.name}</span>
              <i>
                <b style={{ width: `${(100 * count) / top}%`, background: label.color }} />
              </i>
              <strong>{formatCount(count)}</strong>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function HowItWasMade({ version }: { readonly version: DatasetVersion }) {
  return (
    <Card title="How it was made">
      <dl className={datasets["facts"]}>
        <dt>SHA-256</dt>
        <dd className={datasets["hash"]}>{version.hash}</dd>
        <dt>integrity</dt>
        <dd>
          <IntegrityLine version={version} />
        </dd>
        {flatFacts(version.parameters).map(([key, value]) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
