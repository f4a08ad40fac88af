import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { messageOf } from "@/api/errors";
import { notifyError, notifyUndo } from "@/components/notify";
import { plural } from "@/lib/format";
import { workApi } from "../api/work";
import { acceptForSubmit } from "../lib/decisions";
import { NotSaved } from "../lib/work-session";
import type { Dialogs } from "./use-dialogs";
import type { Workbench } from "./workbench";

export const SUBMIT_POLICY = "marquee-submit-policy";
export type SubmitPolicy = "accept" | "leave";

export const submitPolicy = (): SubmitPolicy =>
  localStorage.getItem(SUBMIT_POLICY) === '"leave"' ? "leave" : "accept";

/** From image to image: submit, skip, next, previous. */
export interface Flow {
  readonly submit: () => Promise<void>;
  readonly skip: (reason: string) => Promise<void>;
  readonly next: () => Promise<void>;
  readonly previous: () => Promise<void>;
  readonly open: (image: string) => void;
  /** Offers again to take the last submission back; false when there was none. */
  readonly offerUndo: () => boolean;
}

export function useFlow(
  workbench: Workbench,
  goTo: (image: string) => void,
  dialogs: Pick<Dialogs, "openConflicts">,
): Flow {
  const { openConflicts } = dialogs;
  return useMemo(() => {
    const { editor, session, announcer, project, saver } = workbench;
    const browsing = session.mode === "browse";

    const neighbour = async (which: "previous" | "next") => {
      const image = session.getState().work?.image.id;
      if (image === undefined) return;
      const found = (await workApi.neighbours(image))[which];
      if (found === null)
        announcer.say(which === "next" ? "This is the last image." : "This is the first image.");
      else goTo(found);
    };
    const step = async (direction: 1 | -1) => {
      try {
        if (browsing) await neighbour(direction === 1 ? "next" : "previous");
        else await session.step(direction);
      } catch (error) {
        notifyError(error);
      }
    };
    const onward = async () => {
      if (!browsing) await session.openNext();
      else await neighbour("next");
    };
    let toast: string | null = null;
    let finished: { readonly id: string; readonly message: string } | null = null;
    const undoable = (id: string, message: string) => {
      finished = { id, message };
      // One at a time: whoever is fast would otherwise look at a pile of them.
      if (toast !== null) notifications.hide(toast);
      toast = notifyUndo(message, () => {
        finished = null;
        session.undoFinish(id).then(() => browsing && goTo(id), notifyError);
      });
    };
    const refused = (error: unknown) => {
      if (!(error instanceof NotSaved)) return notifyError(error);
      announcer.say(messageOf(error));
      const { conflicts, parked } = saver.getStatus();
      if (conflicts.length + parked.length > 0) openConflicts();
    };

    return {
      submit: async () => {
        const accepts = session.getState().work?.assignment != null && submitPolicy() === "accept";
        const accepted = accepts ? acceptForSubmit(editor, project.task === "classify") : 0;
        try {
          const image = await session.submit();
          if (image === null) return;
          const extra = accepted > 0 ? ` with ${plural(accepted, "accepted suggestion")}` : "";
          undoable(image.id, `Submitted ${image.name}${extra}.`);
          await onward();
        } catch (error) {
          refused(error);
        }
      },
      skip: async (reason) => {
        try {
          const image = await session.skip(reason);
          if (image === null) return;
          undoable(image.id, `Skipped ${image.name}.`);
          await onward();
        } catch (error) {
          refused(error);
        }
      },
      next: () => step(1),
      previous: () => step(-1),
      offerUndo: () => {
        if (finished === null) return false;
        undoable(finished.id, finished.message);
        return true;
      },
      open: (image) => (browsing ? goTo(image) : void session.openImage(image)),
    };
  }, [workbench, goTo, openConflicts]);
}
