/** What the page does with suggestions, in terms of the editor. */
import type { Editor } from "@/canvas/editor";
import type { ShapeRecord } from "@/canvas/scene/records";

export const percent = (score: number): string => `${Math.round(score * 100)} %`;

/** The suggestion that A and X decide on: the selected one, else the first in the queue. */
export function focusedSuggestion(editor: Editor): ShapeRecord | undefined {
  const { selection, predictions } = editor.getSnapshot();
  if (selection.length === 0) return predictions[0];
  return predictions.find(({ id }) => selection.includes(id));
}

/** Accepts or rejects the focused suggestion; returns it, or undefined when there was none. */
export function decideFocused(editor: Editor, accept: boolean): ShapeRecord | undefined {
  const focused = focusedSuggestion(editor);
  if (focused === undefined) return undefined;
  if (accept) editor.acceptPrediction(focused.id);
  else editor.rejectPrediction(focused.id);
  return focused;
}

/** The one class of an image: chosen again, it is taken away; chosen anew, it replaces the other. */
export function chooseTag(editor: Editor, label: number, several: boolean): void {
  const tags = editor.getSnapshot().shapes.filter(({ geometry }) => geometry.type === "tag");
  const [only] = tags;
  const replace = !several && tags.length === 1 && only !== undefined && only.label !== label;
  if (!replace) {
    editor.toggleTag(label);
    return;
  }
  editor.select([only.id]);
  editor.relabelSelection(label);
  editor.select([]);
}

/** What submitting accepts: everything shown; for an image with one class, the likeliest if none was given. */
export function acceptForSubmit(editor: Editor, classify: boolean): number {
  if (!classify) return editor.acceptAll();
  const { shapes, predictions } = editor.getSnapshot();
  const likeliest = predictions.at(-1);
  if (likeliest === undefined || shapes.some(({ geometry }) => geometry.type === "tag")) return 0;
  editor.acceptPrediction(likeliest.id);
  return 1;
}
