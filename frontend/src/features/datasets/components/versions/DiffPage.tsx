import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { formatCount } from "@/lib/format";
import { versionQuery, versionsQuery } from "../../api";
import { CHANGE_NAMES, type DiffSearch, isSame, type Side } from "../../lib/diff";
import { CHANGES, type DiffSummary } from "../../version-types";
import { diffQuery } from "../../versions-api";
import datasets from "../datasets.module.css";
import { DiffLabels } from "./DiffLabels";
import { DiffNumbers } from "./DiffNumbers";
import { DiffTile } from "./DiffTile";
import classes from "./diff.module.css";

interface Props {
  readonly projectId: string;
  readonly versionId: string;
  readonly search: DiffSearch;
  readonly onSearch: (search: DiffSearch) => void;
}

/** What changed between two frozen versions: numbers, classes, and the images themselves. */
export default function DiffPage({ projectId, versionId, search, onSearch }: Props) {
  const head = useQuery(versionQuery(versionId));
  const versions = useQuery(versionsQuery(projectId));
  const others = versions.data?.results.filter((one) => one.id !== versionId) ?? [];
  const older = others.find((one) => one.number < (head.data?.number ?? 0));
  const base = search.base ?? older?.id ?? others[0]?.id;
  return (
    <Page>
      <PageHeader
        title={head.data === undefined ? "Compare" : `What changed in version ${head.data.number}`}
        description="Images and annotations as they were frozen, whatever the project looks like now."
      >
        <Select
          aria-label="Compare with"
          w={240}
          allowDeselect={false}
          data={others.map((one) => ({
            value: one.id,
            label: `Since v${one.number} ${one.name}`.trim(),
          }))}
          value={base ?? null}
          onChange={(id) => onSearch(id === null ? {} : { base: id })}
        />
      </PageHeader>
      {(head.isPending || versions.isPending) && <Skeleton height={320} />}
      {head.isLoadingError && (
        <ErrorNotice error={head.error} onRetry={() => void head.refetch()} />
      )}
      {versions.isSuccess && base === undefined && (
        <EmptyState icon={GitCompareArrows} title="Nothing to compare with">
          This is the only version. Freeze another one, and what changed is shown here.
        </EmptyState>
      )}
      {base !== undefined && (
        <Comparison {...{ projectId, versionId, search, onSearch }} base={base} />
      )}
    </Page>
  );
}

function Comparison({ versionId, base, search, ...props }: Props & { readonly base: string }) {
  const { base: _base, ...filter } = search;
  const whole = useInfiniteQuery(diffQuery(versionId, base, {}));
  const summary = whole.data?.pages[0]?.summary;
  if (whole.isPending) return <Skeleton height={320} />;
  if (whole.isLoadingError) {
    return <ErrorNotice error={whole.error} onRetry={() => void whole.refetch()} />;
  }
  if (summary === undefined) return null;
  if (isSame(summary)) {
    return (
      <EmptyState icon={GitCompareArrows} title="Nothing changed">
        Both versions hold the same {formatCount(summary.images.same)} images with the same
        annotations and splits.
      </EmptyState>
    );
  }
  return (
    <div className={datasets["stack"]}>
      <DiffNumbers summary={summary} />
      <DiffLabels
        labels={summary.labels}
        chosen={search.label}
        onChoose={(label) => {
          const { label: _old, ...rest } = { base, ...search };
          props.onSearch(label === undefined ? rest : { ...rest, label });
        }}
      />
      <Gallery {...props} {...{ versionId, base, search, summary }} filter={filter} />
    </div>
  );
}

function Gallery({
  projectId,
  versionId,
  base,
  search,
  onSearch,
  filter,
  summary,
}: Props & {
  readonly base: string;
  readonly filter: Omit<DiffSearch, "base">;
  readonly summary: DiffSummary;
}) {
  const [side, setSide] = useState<Side>("both");
  const query = useInfiniteQuery(diffQuery(versionId, base, filter));
  const entries = query.data?.pages.flatMap((page) => page.results) ?? [];
  const present = CHANGES.filter((change) => summary.images[change] > 0);
  return (
    <Card
      title="Images"
      hint={search.label === undefined ? undefined : `Only with changes of “${search.label}”.`}
      actions={
        <div className={classes["tools"]}>
          <Select
            aria-label="Kind of change"
            placeholder="Every change"
            clearable
            w={210}
            data={present.map((value) => ({
              value,
              label: `${CHANGE_NAMES[value]} (${formatCount(summary.images[value])})`,
            }))}
            value={search.change ?? null}
            onChange={(text) => {
              const change = CHANGES.find((one) => one === text);
              const { change: _old, ...rest } = { ...search, base };
              onSearch(change === undefined ? rest : { ...rest, change });
            }}
          />
          <SegmentedControl
            aria-label="What is drawn"
            value={side}
            onChange={(value) => setSide(value as Side)}
            data={[
              { value: "before", label: "Before" },
              { value: "both", label: "Both" },
              { value: "after", label: "After" },
            ]}
          />
        </div>
      }
    >
      <ul className={classes["key"]}>
        <li data-change="added">added</li>
        <li data-change="removed">removed</li>
        <li data-change="changed">changed (dashed: before)</li>
      </ul>
      {query.isPending && <Skeleton height={200} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && entries.length === 0 && (
        <p className={datasets["note"]}>No image has such a change.</p>
      )}
      <ul className={classes["tiles"]}>
        {entries.map((entry) => (
          <DiffTile key={entry.id} projectId={projectId} entry={entry} side={side} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          mt={12}
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Card>
  );
}
