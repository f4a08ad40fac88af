import { useEditorValue, useWorkbench } from "../hooks/workbench";
import { chooseTag } from "../lib/decisions";
import classes from "./Panel.module.css";
import { Section } from "./Section";

/** Classes of the whole image. In a classification project they are the work itself, and large. */
export function TagsPanel({ big = false }: { readonly big?: boolean }) {
  const { labels, keyOf, editor, focusCanvas } = useWorkbench();
  const shapes = useEditorValue((snapshot) => snapshot.shapes);
  const readOnly = useEditorValue((snapshot) => snapshot.readOnly);
  const given = new Set(
    shapes.filter(({ geometry }) => geometry.type === "tag").map(({ label }) => label),
  );
  const several = !big;
  return (
    <Section
      name={big ? "tags-big" : "tags"}
      title={big ? "Class of the image" : "Image tags"}
      note={given.size > 0 ? given.size : undefined}
      openAtFirst={big}
    >
      {labels.length === 0 && <p className={classes["empty"]}>This project has no classes yet.</p>}
      <div className={classes["tags"]} data-big={big || undefined}>
        {labels.map(({ id, name, color }) => (
          <button
            key={id}
            type="button"
            className={classes["tag"]}
            aria-label={name}
            aria-keyshortcuts={big ? keyOf(id) : undefined}
            aria-pressed={given.has(id)}
            disabled={readOnly}
            onClick={() => {
              chooseTag(editor, id, several);
              focusCanvas();
            }}
          >
            {big && keyOf(id) !== undefined && <kbd className={classes["key"]}>{keyOf(id)}</kbd>}
            <span className={classes["swatch"]} style={{ background: color }} />
            <span className={classes["name"]}>{name}</span>
          </button>
        ))}
      </div>
      {big && (
        <p className={classes["empty"]}>
          Press the key of the class, then Enter for the next image.
        </p>
      )}
    </Section>
  );
}
