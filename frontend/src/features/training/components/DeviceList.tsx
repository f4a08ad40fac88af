import { Card } from "@/components/Card";
import { StatusDot } from "@/components/StatusDot";
import type { Device } from "../types";
import classes from "./TrainingPage.module.css";

/** Devices that workers have reported; one run at a time on each. */
export function DeviceList({ devices }: { readonly devices: readonly Device[] }) {
  return (
    <Card title="Devices" hint="One run at a time on each; others wait.">
      {devices.length === 0 && (
        <p className={classes["none"]}>No worker has reported yet. Runs wait until one does.</p>
      )}
      <ul className={classes["devices"]}>
        {devices.map((device) => (
          <li key={`${device.host}/${device.device}`}>
            <StatusDot tone={device.busy_run === null ? "ok" : "run"}>
              {device.description || device.device}
            </StatusDot>
            <small>
              {device.device} on {device.host}
              {device.busy_run === null ? ", free" : ", busy"}
            </small>
          </li>
        ))}
      </ul>
    </Card>
  );
}
