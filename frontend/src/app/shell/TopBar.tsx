import { UnstyledButton } from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { Search } from "lucide-react";
import { Breadcrumb } from "./Breadcrumb";
import { JobTray } from "./JobTray";
import classes from "./TopBar.module.css";

/** Where one is, the command palette, and what runs in the background. */
export function TopBar({ projectId }: { readonly projectId: string | null }) {
  return (
    <header className={classes["root"]}>
      <Breadcrumb projectId={projectId} />
      <UnstyledButton className={classes["search"] ?? ""} onClick={openSpotlight}>
        <Search size={14} />
        <span>Go to or do …</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <JobTray projectId={projectId} />
    </header>
  );
}
