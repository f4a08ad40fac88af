import { ActionIcon, Indicator, Popover, Progress, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Activity, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import {
  allJobsQuery,
  cancelJob,
  cancelRun,
  isActive,
  jobsQuery,
  runSummariesQuery,
} from "@/api/queries/jobs";
import { notifyError } from "@/components/notify";
import { RelativeTime } from "@/components/RelativeTime";
import { StatusDot } from "@/components/StatusDot";
import classes from "./JobTray.module.css";
import { type TrayEntry, trayEntries } from "./job-tray";

/** What runs in the background of this project, and what ended lately; outside of projects, of all of them. */
export function JobTray({ projectId }: { readonly projectId: string | null }) {
  const [opened, setOpened] = useState(false);
  const inProject = projectId !== null;
  const everywhere = useQuery({ ...allJobsQuery, enabled: !inProject }).data?.results;
  const here = useQuery({ ...jobsQuery(projectId ?? ""), enabled: inProject }).data?.results;
  const runs = useQuery({ ...runSummariesQuery(projectId ?? ""), enabled: inProject }).data
    ?.results;
  const entries = trayEntries((inProject ? here : everywhere) ?? [], (inProject ? runs : []) ?? []);
  const active = entries.filter(isActive).length;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={380}>
      <Popover.Target>
        <Tooltip label={active > 0 ? `${active} running` : "Background work"} disabled={opened}>
          <Indicator disabled={active === 0} processing color="indigo" size={8} offset={5}>
            <ActionIcon
              onClick={() => setOpened(!opened)}
              aria-label={active > 0 ? `Background work, ${active} running` : "Background work"}
            >
              <Activity size={16} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <h2 className={classes["title"]}>Background work</h2>
        {entries.length === 0 ? (
          <p className={classes["none"]}>
            Nothing has run yet. Imports, exports and trainings show up here.
          </p>
        ) : (
          <ul className={classes["list"]}>
            {entries.map((entry) => (
              <Row key={entry.id} entry={entry} onLeave={() => setOpened(false)} />
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

interface RowProps {
  readonly entry: TrayEntry;
  readonly onLeave: () => void;
}

function Row({ entry, onLeave }: RowProps) {
  const client = useQueryClient();
  const stop = useMutation<unknown, Error>({
    mutationFn: () => (entry.isRun ? cancelRun(entry.id) : cancelJob(entry.id)),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.allJobs });
      return client.invalidateQueries({ queryKey: keys.project(entry.project) });
    },
    onError: notifyError,
  });
  return (
    <li className={classes["row"]}>
      <div className={classes["line"]}>
        <StatusDot tone={entry.tone} pulse={entry.state === "running"}>
          {entry.isRun ? (
            <Link
              to="/projects/$projectId/training/$runId"
              params={{ projectId: entry.project, runId: entry.id }}
              onClick={onLeave}
            >
              {entry.title}
            </Link>
          ) : (
            entry.title
          )}
        </StatusDot>
        <span className={classes["when"]}>
          {isActive(entry) ? entry.note : <RelativeTime value={entry.at} />}
        </span>
        {isActive(entry) && (
          <ActionIcon
            size={20}
            aria-label={`Cancel ${entry.title}`}
            loading={stop.isPending}
            onClick={() => stop.mutate()}
          >
            <X size={13} />
          </ActionIcon>
        )}
      </div>
      {entry.state === "running" && (
        <Progress
          value={entry.progress === null ? 100 : entry.progress * 100}
          animated={entry.progress === null}
        />
      )}
      {entry.message !== "" && (
        <p data-bad={entry.state === "failed" || undefined}>{entry.message}</p>
      )}
      {entry.download !== null && (
        <a href={entry.download} className={classes["download"]}>
          Download
        </a>
      )}
    </li>
  );
}
