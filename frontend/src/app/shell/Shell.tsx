import { Outlet, useMatches, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { PageLoading } from "@/components/PageLoading";
import { UploadPanel } from "@/components/upload/UploadPanel";
import { SessionEndedDialog } from "@/features/session/routes";
import { isBoolean, useStoredState } from "@/lib/stored-state";
import { useSaver } from "@/sync/use-saver";
import classes from "./Shell.module.css";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { useServerEvents } from "./use-server-events";

const CommandPalette = lazy(() => import("./CommandPalette"));

/** The frame around every page of a signed-in person. */
export function Shell() {
  const { projectId = null } = useParams({ strict: false });
  const immersive = useMatches().some((match) => match.staticData.immersive === true);
  const [folded, setFolded] = useStoredState("sidebar-folded", false, isBoolean);
  const [foldedHere, setFoldedHere] = useStoredState("sidebar-folded-immersive", true, isBoolean);
  const down = useServerEvents();
  // Changes that an earlier page could not send go out from any page.
  useSaver();
  const collapsed = immersive ? foldedHere : folded;
  const setCollapsed = immersive ? setFoldedHere : setFolded;
  return (
    <div className={classes["root"]} data-collapsed={collapsed || undefined}>
      <a className={classes["skip"]} href="#content">
        Skip to content
      </a>
      <Sidebar
        projectId={projectId}
        collapsed={collapsed}
        onToggle={() => setCollapsed(!collapsed)}
      />
      <div className={classes["main"]}>
        <TopBar projectId={projectId} down={down} />
        <main id="content" tabIndex={-1} className={classes["content"]}>
          <Suspense fallback={<PageLoading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {projectId !== null && <UploadPanel projectId={projectId} />}
      <Suspense fallback={null}>
        <CommandPalette projectId={projectId} />
        <SessionEndedDialog />
      </Suspense>
    </div>
  );
}
