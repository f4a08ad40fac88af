import { useSyncExternalStore } from "react";
import type { Picked } from "./collect";
import { type UploadItem, UploadQueue } from "./queue";
import { isTransient, transportFor } from "./transport";

/**
 * One queue per project, kept outside React: an upload goes on while people look at other pages.
 */
const queues = new Map<string, UploadQueue>();

const hasWork = () => [...queues.values()].some((queue) => queue.snapshot().some(isOnTheWay));
const isOnTheWay = (item: UploadItem) => item.state === "waiting" || item.state === "sending";

if (typeof window !== "undefined")
  window.addEventListener("beforeunload", (event) => {
    if (hasWork()) event.preventDefault();
  });

/** The upload queue of a project. */
export function uploadQueue(projectId: string): UploadQueue {
  const known = queues.get(projectId);
  if (known !== undefined) return known;
  const queue = new UploadQueue({ transport: transportFor(projectId), isTransient });
  queues.set(projectId, queue);
  return queue;
}

/** Puts files on their way. */
export function startUpload(projectId: string, files: readonly Picked[]): void {
  uploadQueue(projectId).add(files);
}

/** The items of a project's queue, new with every change. */
export function useUploads(projectId: string): readonly UploadItem[] {
  const queue = uploadQueue(projectId);
  return useSyncExternalStore(queue.subscribe, queue.snapshot);
}
