import { ActionIcon, ColorPicker, Menu, Popover, Select, TextInput, Tooltip } from "@mantine/core";
import { Archive, ArchiveRestore, Ellipsis, GripVertical, ListPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { formatCount } from "@/lib/format";
import { CLASS_COLORS } from "@/lib/palette";
import type { Draft } from "../lib/draft";
import { AttributesEditor } from "./AttributesEditor";
import classes from "./LabelsPage.module.css";

interface Props {
  readonly draft: Draft;
  readonly depth: number;
  readonly parents: readonly Draft[];
  readonly problem: string | undefined;
  readonly readOnly: boolean;
  readonly dragged: string | null;
  readonly onDrag: (key: string | null) => void;
  readonly onDrop: () => void;
  /** Moves the class up (-1) or down (1) by keyboard. */
  readonly onStep: (step: -1 | 1) => void;
  readonly onChange: (patch: Partial<Draft>) => void;
  readonly onRemove: () => void;
}

/** One class in the editor. */
export function LabelRow(props: Props) {
  const { draft, readOnly, onChange } = props;
  const [over, setOver] = useState(false);
  const [open, setOpen] = useState(false);
  const called = draft.name || "the new class";
  return (
    <li
      className={classes["row"]}
      data-archived={draft.archived || undefined}
      data-dragged={props.dragged === draft.key || undefined}
      data-over={(over && props.dragged !== null && props.dragged !== draft.key) || undefined}
      onDragOver={(event) => {
        if (props.dragged === null) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        props.onDrop();
      }}
    >
      <div className={classes["line"]} style={{ paddingLeft: 8 + props.depth * 22 }}>
        {!readOnly && <Grip {...props} called={called} />}
        <ColorButton color={draft.color} readOnly={readOnly} called={called} onChange={onChange} />
        <TextInput
          className={classes["name"] ?? ""}
          aria-label="Name"
          variant={readOnly ? "unstyled" : "default"}
          placeholder="Name of the class"
          readOnly={readOnly}
          autoFocus={draft.id === null && draft.name === ""}
          value={draft.name}
          error={props.problem !== undefined}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Tooltip label="Key that chooses this class while labelling">
          <TextInput
            aria-label={`Key of ${called}`}
            placeholder="–"
            variant={readOnly ? "unstyled" : "default"}
            w={40}
            styles={{ input: { textAlign: "center" } }}
            readOnly={readOnly}
            value={draft.hotkey}
            onChange={(event) => onChange({ hotkey: event.currentTarget.value.trim().slice(-1) })}
          />
        </Tooltip>
        <Select
          aria-label={`Parent of ${called}`}
          placeholder={readOnly ? "" : "No parent"}
          variant={readOnly ? "unstyled" : "default"}
          w={140}
          clearable={!readOnly}
          {...(readOnly ? { rightSection: <span /> } : {})}
          readOnly={readOnly}
          data={props.parents.map((parent) => ({ value: parent.key, label: parent.name || "…" }))}
          value={draft.parent}
          onChange={(parent) => onChange({ parent })}
        />
        <span className={classes["count"]}>{formatCount(draft.count)} objects</span>
        {!readOnly && <More {...props} called={called} onAttributes={() => setOpen(!open)} />}
      </div>
      {props.problem !== undefined && <p className={classes["problem"]}>{props.problem}</p>}
      {(open || (readOnly && draft.attributes.length > 0)) && (
        <AttributesEditor
          attributes={draft.attributes}
          readOnly={readOnly}
          onChange={(attributes) => onChange({ attributes })}
        />
      )}
    </li>
  );
}

type Named = Props & { readonly called: string };

function Grip({ draft, called, onDrag, onStep }: Named) {
  return (
    <button
      type="button"
      className={classes["grip"]}
      draggable
      aria-label={`Move ${called}: drag, or press the up and down arrow keys`}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", draft.name);
        onDrag(draft.key);
      }}
      onDragEnd={() => onDrag(null)}
      onKeyDown={(event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        onStep(event.key === "ArrowUp" ? -1 : 1);
      }}
    >
      <GripVertical size={14} />
    </button>
  );
}

function More({
  draft,
  called,
  onChange,
  onRemove,
  onAttributes,
}: Named & { readonly onAttributes: () => void }) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={`More for ${called}`}>
          <Ellipsis size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<ListPlus size={14} />} onClick={onAttributes}>
          Attributes ({draft.attributes.length})
        </Menu.Item>
        <Menu.Item
          leftSection={draft.archived ? <ArchiveRestore size={14} /> : <Archive size={14} />}
          onClick={() => onChange({ archived: !draft.archived })}
        >
          {draft.archived ? "Use again" : "Archive: keep on old objects, not for new ones"}
        </Menu.Item>
        {draft.count === 0 && (
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={onRemove}>
            Remove
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ColorProps {
  readonly color: string;
  readonly called: string;
  readonly readOnly: boolean;
  readonly onChange: (patch: Partial<Draft>) => void;
}

function ColorButton({ color, called, readOnly, onChange }: ColorProps) {
  return (
    <Popover position="bottom-start">
      <Popover.Target>
        <button
          type="button"
          className={classes["swatch"]}
          style={{ background: color }}
          disabled={readOnly}
          aria-label={`Colour of ${called}`}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes["palette"]}>
          {CLASS_COLORS.map((option) => (
            <button
              key={option}
              type="button"
              style={{ background: option }}
              aria-label={option}
              aria-pressed={option === color.toLowerCase()}
              onClick={() => onChange({ color: option })}
            />
          ))}
        </div>
        <ColorPicker
          size="xs"
          fullWidth
          format="hex"
          value={color}
          onChange={(value) => onChange({ color: value })}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
