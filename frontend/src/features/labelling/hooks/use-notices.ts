import { useEffect } from "react";
import type { NoticeCode } from "@/canvas/tools/tool-context";
import type { Workbench } from "./workbench";

const WORDS: Readonly<Record<NoticeCode, string>> = {
  too_small: "Too small: nothing was added.",
  too_few_points: "A shape needs more points: nothing was added.",
  no_label: "Choose a class first.",
  read_only: "This image cannot be changed now.",
};

/** Says in words what the canvas refused. */
export function useNotices({ editor, announcer }: Workbench): void {
  useEffect(() => editor.onNotice(({ code }) => announcer.say(WORDS[code])), [editor, announcer]);
}
