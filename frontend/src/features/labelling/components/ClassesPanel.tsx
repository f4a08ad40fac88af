import { ActionIcon, TextInput, Tooltip, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useMemo, useState } from "react";
import { can } from "@/api/permissions";
import type { Label } from "@/api/types";
import { useEditorValue, useWorkbench } from "../hooks/workbench";
import { countByLabel } from "../lib/object-list";
import classes from "./Panel.module.css";
import { Section } from "./Section";

const SEARCH_FROM = 12;

/** The classes: which one is drawn next, how many of each there are, and which are shown. */
export function ClassesPanel() {
  const { labels, project } = useWorkbench();
  const [search, setSearch] = useState("");
  const shapes = useEditorValue((snapshot) => snapshot.shapes);
  const counts = useMemo(() => countByLabel(shapes), [shapes]);
  const wanted = search.trim().toLowerCase();
  const found = labels.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <Section name="classes" title="Classes" note={labels.length}>
      {labels.length >= SEARCH_FROM && (
        <div className={classes["search"]}>
          <TextInput
            size="xs"
            aria-label="Find a class"
            placeholder="Find a class (Q on the canvas)"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      )}
      {labels.length === 0 ? (
        <p className={classes["empty"]}>
          This project has no classes yet.{" "}
          {can(project.role, "schema.edit") ? (
            <Link
              to="/projects/$projectId/settings/labels"
              params={{ projectId: project.id }}
              style={{ textDecoration: "underline" }}
            >
              Define them first.
            </Link>
          ) : (
            "A manager of the project defines them."
          )}
        </p>
      ) : (
        <ul className={classes["classes"]}>
          {found.map((label) => (
            <ClassRow key={label.id} label={label} count={counts.get(label.id) ?? 0} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ClassRow({ label, count }: { readonly label: Label; readonly count: number }) {
  const { editor, keyOf, focusCanvas } = useWorkbench();
  const active = useEditorValue((snapshot) => snapshot.activeLabel === label.id);
  const hidden = useEditorValue((snapshot) => snapshot.visibility.hiddenLabels.has(label.id));
  const key = keyOf(label.id);
  const toggle = () => {
    const next = new Set(editor.getSnapshot().visibility.hiddenLabels);
    if (!next.delete(label.id)) next.add(label.id);
    editor.setVisibility({ hiddenLabels: next });
  };
  return (
    <li className={classes["class"]} data-active={active || undefined}>
      <button
        type="button"
        className={classes["give"]}
        aria-pressed={active}
        aria-keyshortcuts={key}
        onClick={() => {
          editor.pickLabel(label.id);
          focusCanvas();
        }}
      >
        <kbd className={`${classes["key"]} ${key === undefined ? classes["keyless"] : ""}`}>
          {key}
        </kbd>{" "}
        <span className={classes["swatch"]} style={{ background: label.color }} />
        <span className={classes["name"]}>{label.name}</span>
        {count > 0 && (
          <>
            {" "}
            <span className={classes["count"]}>
              {count} <VisuallyHidden component="span">here</VisuallyHidden>
            </span>
          </>
        )}
      </button>
      <Tooltip label={hidden ? "Show" : "Hide"} position="left">
        <ActionIcon
          size={24}
          aria-label={`${hidden ? "Show" : "Hide"} ${label.name}`}
          aria-pressed={hidden}
          onClick={toggle}
        >
          {hidden ? <EyeOff size={14} /> : <Eye size={14} opacity={0.55} />}
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
