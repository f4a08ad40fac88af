import { ActionIcon, Button, Select } from "@mantine/core";
import { ChevronsUpDown, Undo2 } from "lucide-react";
import { useState } from "react";
import { formatCount } from "@/lib/format";
import type { PlannedLabel } from "../../import-types";
import { type Choice, isNew, type Known, reasonOf } from "../../lib/label-choices";
import classes from "./import.module.css";

interface Props {
  readonly label: PlannedLabel;
  readonly choice: Choice;
  readonly changed: boolean;
  readonly known: readonly Known[];
  /** Names of classes that will be made, to merge with. */
  readonly made: readonly string[];
  readonly chosen: boolean;
  readonly onToggle: () => void;
  readonly onChoose: (choice: Choice) => void;
  readonly onReset: () => void;
}

const encode = (choice: Choice) =>
  choice === "ignore" ? "ignore" : isNew(choice) ? `new:${choice.name}` : `id:${choice}`;

function decode(value: string): Choice {
  if (value.startsWith("id:")) return Number(value.slice(3));
  return value.startsWith("new:") ? { name: value.slice(4), color: "" } : "ignore";
}

const newText = (own: string, name: string) =>
  name === own ? `New class “${name}”` : `Merge into new “${name}”`;

function optionsOf({ label, choice, known, made }: Props) {
  const own = label.source.trim();
  const names = new Set([own, ...(isNew(choice) ? [choice.name] : []), ...made]);
  const fresh = [...names].map((name) => ({
    value: `new:${name}`,
    label: newText(own, name),
  }));
  return [
    { group: "For this name", items: [...fresh.slice(0, 1), { value: "ignore", label: "Ignore" }] },
    ...(known.length > 0
      ? [
          {
            group: "Classes of the project",
            items: known.map((one) => ({ value: `id:${one.id}`, label: one.name })),
          },
        ]
      : []),
    ...(fresh.length > 1 ? [{ group: "Merge", items: fresh.slice(1) }] : []),
  ];
}

/** The choice as text until somebody wants to change it: a thousand lists would make the page slow. */
function Meaning(props: Props) {
  const { label, choice, known, onChoose } = props;
  const [open, setOpen] = useState(false);
  const text =
    choice === "ignore"
      ? "Ignore"
      : isNew(choice)
        ? newText(label.source.trim(), choice.name)
        : (known.find((one) => one.id === choice)?.name ?? "");
  if (!open)
    return (
      <button
        type="button"
        data-choice
        className={classes["choice"]}
        aria-label={`What ${label.source} becomes: ${text}`}
        aria-haspopup="listbox"
        onClick={() => setOpen(true)}
      >
        {text}
        <ChevronsUpDown size={13} aria-hidden />
      </button>
    );
  return (
    <Select
      aria-label={`What ${label.source} becomes`}
      size="xs"
      searchable
      autoFocus
      defaultDropdownOpened
      limit={200}
      allowDeselect={false}
      value={encode(choice)}
      data={optionsOf(props)}
      onChange={(value) => value !== null && onChoose(decode(value))}
      onDropdownClose={() => setOpen(false)}
    />
  );
}

/** One name of the files and what becomes of it. */
export function LabelRow(props: Props) {
  const { label, choice, changed, known, chosen, onToggle, onChoose, onReset } = props;
  const color = isNew(choice)
    ? choice.color
    : (known.find((one) => one.id === choice)?.color ?? "transparent");
  return (
    <tr data-ignored={choice === "ignore" || undefined} data-chosen={chosen || undefined}>
      <td>
        <input
          type="checkbox"
          className={classes["tick"]}
          aria-label={`Choose ${label.source}`}
          value={label.source}
          checked={chosen}
          onChange={onToggle}
        />
      </td>
      <td className={classes["source"]}>{label.source}</td>
      <td className={classes["amount"]} data-none={label.n === 0 || undefined}>
        {formatCount(label.n)}
      </td>
      <td>
        <div className={classes["meaning2"]}>
          {isNew(choice) ? (
            <input
              type="color"
              aria-label={`Colour of ${choice.name}`}
              className={classes["color"]}
              value={choice.color}
              onChange={(event) =>
                onChoose({ name: choice.name, color: event.currentTarget.value })
              }
            />
          ) : (
            <span className={classes["swatch"]} style={{ background: color }} aria-hidden />
          )}
          <Meaning {...props} />
        </div>
      </td>
      <td className={classes["reason"]}>
        {changed ? "changed by you" : reasonOf(label)}
        {!changed &&
          isNew(choice) &&
          known
            .filter((one) => label.similar.includes(one.name))
            .map((one) => (
              <Button
                key={one.id}
                variant="subtle"
                size="compact-xs"
                onClick={() => onChoose(one.id)}
              >
                Use “{one.name}”
              </Button>
            ))}
        {changed && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Take the change of ${label.source} back`}
            onClick={onReset}
          >
            <Undo2 size={13} />
          </ActionIcon>
        )}
      </td>
    </tr>
  );
}
