import { Button, Popover } from "@mantine/core";
import { useState } from "react";
import { StatusDot } from "@/components/StatusDot";
import type { SaveStatus } from "@/sync/saver";
import { useSaveStatus } from "@/sync/use-saver";
import { labelName, useWorkbench } from "../hooks/workbench";
import { saveText } from "../lib/save-text";
import classes from "./SaveChip.module.css";

/** Whether the server has everything, and what it has not. */
export function SaveChip({ onConflicts }: { readonly onConflicts: () => void }) {
  const { saver } = useWorkbench();
  const status = useSaveStatus(saver);
  const [opened, setOpened] = useState(false);
  const { tone, text, title } = saveText(status);
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={classes["chip"]}
          data-tone={tone}
          onClick={() => (status.conflicts.length > 0 ? onConflicts() : setOpened(!opened))}
        >
          <span role="status" aria-live="polite">
            <StatusDot tone={tone} pulse={status.phase === "saving"}>
              {text}
            </StatusDot>
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes["details"]}>
          <p>{title}</p>
          {status.phase === "offline" && (
            <Button size="xs" variant="default" onClick={() => saver.resume()}>
              Try now
            </Button>
          )}
          <Refused status={status} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Changes that the server did not take: each with its reason, to try again or to give up. */
function Refused({ status }: { readonly status: SaveStatus }) {
  const workbench = useWorkbench();
  const { saver } = workbench;
  if (status.parked.length === 0) return null;
  return (
    <ul className={classes["refused"]}>
      {status.parked.map((entry) => (
        <li key={entry.id}>
          <b>{entry.mine === null ? "Change" : labelName(workbench, entry.mine.label)}</b>
          <span>{entry.reason}</span>
          <span className={classes["actions"]}>
            <Button size="xs" variant="default" onClick={() => saver.retry([entry.id])}>
              Try again
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="red"
              onClick={() => saver.discard([entry.id])}
            >
              Give it up
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}
