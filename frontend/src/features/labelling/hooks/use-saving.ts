import { useEffect } from "react";
import type { Editor } from "@/canvas/editor";
import type { WireAnnotation } from "@/canvas/geometry/wire";
import { operationsOf } from "@/canvas/scene/operations";
import type { Saver } from "@/sync/saver";
import type { Edit } from "@/sync/types";

/** Every local change goes to the saver; what the saver learns comes back to the canvas. */
export function useSaving(editor: Editor, saver: Saver): void {
  useEffect(() => {
    const isOpen = (image: string) => editor.getSnapshot().imageId === image;
    const decisions = (kind: "reject" | "unreject", ids: readonly string[]): Edit[] =>
      ids.map((id) => ({ kind, id }));
    const stops = [
      editor.onLocalDiff((diff, image) => saver.record(image, operationsOf(diff))),
      editor.onRejections(({ rejected, restored }, image) =>
        saver.record(image, [...decisions("reject", rejected), ...decisions("unreject", restored)]),
      ),
      saver.onAcknowledged(({ image, subject, revision }) => {
        if (isOpen(image)) editor.acknowledge(subject, revision);
      }),
      saver.onRemote(({ image, upserts, removed }) => {
        if (isOpen(image)) editor.applyRemote(upserts as WireAnnotation[], removed);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [editor, saver]);
}
