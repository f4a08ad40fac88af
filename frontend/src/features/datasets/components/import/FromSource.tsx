import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Cloud } from "lucide-react";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { sourcesQuery } from "../../import-api";
import type { Source } from "../../lib/import-state";
import classes from "./import.module.css";

interface Props {
  readonly projectId: string;
  readonly busy: boolean;
  readonly onChoose: (source: Source) => void;
}

/** Buckets and folders that the project knows already: everything that lies there is looked at. */
export function FromSource({ projectId, busy, onChoose }: Props) {
  const sources = useQuery(sourcesQuery(projectId));
  if (sources.isPending) return <Skeleton height={120} />;
  if (sources.isError)
    return <ErrorNotice error={sources.error} onRetry={() => void sources.refetch()} />;
  const add = (
    <LinkButton variant="default" to="/projects/$projectId/sources" params={{ projectId }}>
      Go to the sources
    </LinkButton>
  );
  if (sources.data.results.length === 0)
    return (
      <EmptyState icon={Cloud} title="This project has no sources" action={add} compact>
        Add a bucket there; then a dataset in it can be imported here.
      </EmptyState>
    );
  return (
    <ul className={classes["entries"]} aria-label="Sources">
      {sources.data.results.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            disabled={busy}
            onClick={() => onChoose({ kind: "source", id: one.id, name: one.name })}
          >
            <Cloud size={14} aria-hidden /> {one.name} <small>{one.plugin}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
