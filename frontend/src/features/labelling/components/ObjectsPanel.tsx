import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import { ArrowDownWideNarrow, Eye, EyeOff, Lock, LockOpen, Maximize, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { oneOf, useStoredState } from "@/lib/stored-state";
import { toggleLock } from "../hooks/use-commands";
import { labelName, useEditorValue, useWorkbench } from "../hooks/workbench";
import { type ObjectOrder, objectRows } from "../lib/object-list";
import classes from "./Panel.module.css";
import { RecordList } from "./RecordList";
import { Section } from "./Section";

const ORDERS: Readonly<Record<ObjectOrder, string>> = {
  drawn: "Newest first",
  class: "By class",
  size: "Largest first",
  score: "Least certain first",
};
const isOrder = oneOf("drawn", "class", "size", "score");

/** Every object of the image in words. */
export function ObjectsPanel() {
  const workbench = useWorkbench();
  const { editor } = workbench;
  const shapes = useEditorValue((snapshot) => snapshot.shapes);
  const [search, setSearch] = useState("");
  const [order, setOrder] = useStoredState<ObjectOrder>("labelling-order", "drawn", isOrder);
  const rows = useMemo(
    () => objectRows(shapes, { order, search, nameOf: (id) => labelName(workbench, id) }),
    [shapes, order, search, workbench],
  );
  const total = shapes.filter(({ geometry }) => geometry.type !== "tag").length;
  return (
    <Section name="objects" title="Objects" note={total} grows actions={<SelectionActions />}>
      {total === 0 ? (
        <p className={classes["empty"]}>
          Nothing here yet. Choose a tool on the left, a class above, and draw.
        </p>
      ) : (
        <>
          <div className={classes["bar"]}>
            <TextInput
              size="xs"
              aria-label="Find objects by class"
              placeholder="Find by class"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Menu width={180}>
              <Menu.Target>
                <ActionIcon aria-label={`Order: ${ORDERS[order]}`}>
                  <ArrowDownWideNarrow size={14} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {(Object.keys(ORDERS) as ObjectOrder[]).map((one) => (
                  <Menu.Item key={one} onClick={() => setOrder(one)} fw={one === order ? 600 : 400}>
                    {ORDERS[one]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </div>
          <RecordList name="Objects" records={rows} onDelete={() => editor.deleteSelection()} />
        </>
      )}
    </Section>
  );
}

/** What can be done with the selected objects. */
function SelectionActions() {
  const { editor } = useWorkbench();
  const selection = useEditorValue((snapshot) => snapshot.selection);
  const readOnly = useEditorValue((snapshot) => snapshot.readOnly);
  const locked = useEditorValue(
    (snapshot) => selection.length > 0 && selection.every((id) => snapshot.locked.has(id)),
  );
  const hidden = useEditorValue(
    ({ visibility }) =>
      selection.length > 0 && selection.every((id) => visibility.hiddenShapes.has(id)),
  );
  if (selection.length === 0) return null;
  const toggleShown = () => {
    const next = new Set(editor.getSnapshot().visibility.hiddenShapes);
    for (const id of selection) hidden ? next.delete(id) : next.add(id);
    editor.setVisibility({ hiddenShapes: next });
  };
  return (
    <>
      <Action
        label="Zoom to it (Shift+Z)"
        icon={Maximize}
        onClick={() => editor.zoomToSelection()}
      />
      <Action label={hidden ? "Show" : "Hide"} icon={hidden ? EyeOff : Eye} onClick={toggleShown} />
      <Action
        label={locked ? "Unlock (L)" : "Lock (L)"}
        icon={locked ? Lock : LockOpen}
        onClick={() => toggleLock(editor)}
      />
      {!readOnly && (
        <Action label="Delete (Del)" icon={Trash2} onClick={() => editor.deleteSelection()} />
      )}
    </>
  );
}

interface ActionProps {
  readonly label: string;
  readonly icon: typeof Eye;
  readonly onClick: () => void;
}

function Action({ label, icon: Icon, onClick }: ActionProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} aria-label={label} onClick={onClick}>
        <Icon size={14} />
      </ActionIcon>
    </Tooltip>
  );
}
