import { UnstyledButton } from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { Search } from "lucide-react";
import { StatusDot } from "@/components/StatusDot";
import { Breadcrumb } from "./Breadcrumb";
import { JobTray } from "./JobTray";
import classes from "./TopBar.module.css";

interface Props {
  readonly projectId: string | null;
  /** The server is out of reach. */
  readonly down: boolean;
}

/** Where one is, the command palette, and what runs in the background. */
export function TopBar({ projectId, down }: Props) {
  return (
    <header className={classes["root"]}>
      <Breadcrumb projectId={projectId} />
      <span role="status">
        {down && (
          <StatusDot tone="warn" pulse>
            Server unreachable, trying again
          </StatusDot>
        )}
      </span>
      <UnstyledButton className={classes["search"] ?? ""} onClick={openSpotlight}>
        <Search size={14} />
        <span>Go to or do …</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <JobTray projectId={projectId} />
    </header>
  );
}
