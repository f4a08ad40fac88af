import { ActionIcon, Button, Progress } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, CircleAlert, CircleCheck, Copy, RotateCw, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { keys } from "@/api/keys";
import { formatBytes, formatCount, plural } from "@/lib/format";
import { type Totals, totalsOf, type UploadItem } from "./queue";
import { uploadQueue, useUploads } from "./store";
import classes from "./UploadPanel.module.css";

/** What is on its way to the server, in the corner of every page of the project. */
export function UploadPanel({ projectId }: { readonly projectId: string }) {
  const items = useUploads(projectId);
  const queue = uploadQueue(projectId);
  const totals = totalsOf(items);
  const [open, setOpen] = useState(true);
  useFreshGallery(projectId, totals);
  if (items.length === 0) return null;
  return (
    <section className={classes["root"]} aria-label="Uploads">
      <header className={classes["head"]}>
        <strong aria-live="polite">{headline(totals)}</strong>
        {totals.failed > 0 && !totals.active && (
          <Button size="compact-sm" variant="subtle" onClick={() => queue.retry()}>
            Retry {formatCount(totals.failed)}
          </Button>
        )}
        {totals.active && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => queue.cancel()}>
            Cancel
          </Button>
        )}
        <ActionIcon
          size={24}
          aria-label={open ? "Fold uploads" : "Unfold uploads"}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? <ChevronDown size={15} /> : <ChevronUp size={15} />}
        </ActionIcon>
        {!totals.active && (
          <ActionIcon size={24} aria-label="Close uploads" onClick={() => queue.clear()}>
            <X size={15} />
          </ActionIcon>
        )}
      </header>
      {totals.active && (
        <div className={classes["progress"]}>
          <Progress
            value={totals.bytes === 0 ? 0 : (100 * totals.sent) / totals.bytes}
            aria-label="Upload progress"
          />
          <span>
            {formatCount(totals.finished)} of {plural(totals.files, "file")} ·{" "}
            {formatBytes(totals.sent)} of {formatBytes(totals.bytes)}
          </span>
        </div>
      )}
      {open && <Items items={items} onRetry={(id) => queue.retry([id])} />}
    </section>
  );
}

/** A gallery that fills while files arrive: asked anew at most every two seconds, and once at the end. */
function useFreshGallery(projectId: string, totals: Totals): void {
  const client = useQueryClient();
  const last = useRef(0);
  const { finished, active } = totals;
  useEffect(() => {
    if (finished === 0) return;
    const wait = active ? Math.max(0, 2000 - (Date.now() - last.current)) : 0;
    const timer = setTimeout(() => {
      last.current = Date.now();
      void client.invalidateQueries({ queryKey: keys.project(projectId) });
    }, wait);
    return () => clearTimeout(timer);
  }, [client, projectId, finished, active]);
}

function headline(totals: Totals): string {
  if (totals.active) return `Uploading ${plural(totals.files - totals.finished, "file")}`;
  const parts = [`${plural(totals.created, "image")} added`];
  if (totals.duplicates > 0) parts.push(`${formatCount(totals.duplicates)} already here`);
  const refused = totals.failed > 0 ? totals.failed : totals.refused;
  if (refused > 0) parts.push(`${formatCount(refused)} refused`);
  return parts.join(", ");
}

const SHOWN = 60;

/** Problems first; of a long list only the beginning, because nobody reads ten thousand file names. */
function Items({
  items,
  onRetry,
}: {
  items: readonly UploadItem[];
  onRetry: (id: number) => void;
}) {
  const rank = (item: UploadItem) =>
    item.state === "failed" || (item.outcome?.errors.length ?? 0) > 0
      ? 0
      : item.state === "sending"
        ? 1
        : 2;
  const sorted = [...items].sort((a, b) => rank(a) - rank(b));
  return (
    <ul className={classes["list"]}>
      {sorted.slice(0, SHOWN).map((item) => (
        <li key={item.id}>
          <StateIcon item={item} />
          <div className={classes["text"]}>
            <span title={item.path}>{item.path}</span>
            {item.message !== "" && <small data-state={item.state}>{item.message}</small>}
            {item.state === "done" && item.outcome !== null && <Archive item={item} />}
          </div>
          {item.state === "sending" && (
            <small>{Math.round((100 * item.sent) / Math.max(1, item.file.size))} %</small>
          )}
          {(item.state === "failed" || item.state === "cancelled") && (
            <ActionIcon
              size={20}
              aria-label={`Retry ${item.path}`}
              onClick={() => onRetry(item.id)}
            >
              <RotateCw size={13} />
            </ActionIcon>
          )}
        </li>
      ))}
      {sorted.length > SHOWN && <li>and {plural(sorted.length - SHOWN, "more file")}</li>}
    </ul>
  );
}

function Archive({ item }: { readonly item: UploadItem }) {
  const { created, duplicates, errors } = item.outcome ?? { created: 0, duplicates: 0, errors: [] };
  if (created + duplicates + errors.length < 2) return null;
  return (
    <>
      <small>
        {plural(created, "image")} added, {formatCount(duplicates)} already here,{" "}
        {formatCount(errors.length)} refused
      </small>
      {errors.slice(0, 20).map((error) => (
        <small key={error.name} data-state="failed">
          {error.name}: {error.detail}
        </small>
      ))}
    </>
  );
}

function StateIcon({ item }: { readonly item: UploadItem }) {
  switch (item.state) {
    case "done":
      return <CircleCheck size={14} className={classes["ok"] ?? ""} aria-label="Added" />;
    case "duplicate":
      return <Copy size={14} aria-label="Duplicate" />;
    case "failed":
      return <CircleAlert size={14} className={classes["bad"] ?? ""} aria-label="Failed" />;
    default:
      return (
        <span
          className={classes["ring"]}
          data-state={item.state}
          role="img"
          aria-label={item.state}
        />
      );
  }
}
