import { Loader } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useWorkbench } from "../hooks/workbench";
import classes from "./Sharpening.module.css";

/** The first look at a large picture: the server is still making its full resolution. */
export function Sharpening() {
  const { stage } = useWorkbench();
  const waits = useSyncExternalStore(stage.watchTiles, stage.waitsForTiles);
  return (
    <div className={classes["root"]} role="status">
      {waits && (
        <span className={classes["hint"]}>
          <Loader size={12} /> Preparing full resolution…
        </span>
      )}
    </div>
  );
}
