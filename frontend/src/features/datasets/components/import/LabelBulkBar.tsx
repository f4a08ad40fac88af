import { Button, Select } from "@mantine/core";
import { plural } from "@/lib/format";
import type { Choice, Known } from "../../lib/label-choices";
import classes from "./import.module.css";

interface Props {
  readonly chosen: ReadonlySet<string>;
  readonly known: readonly Known[];
  readonly onApply: (sources: readonly string[], choice: Choice | "create") => void;
  readonly onReset: (sources: readonly string[]) => void;
  readonly onClear: () => void;
}

/** What can be done with several names at once. */
export function LabelBulkBar({ chosen, known, onApply, onReset, onClear }: Props) {
  const sources = [...chosen];
  const [first] = sources;
  if (first === undefined) return null;
  return (
    <div className={classes["bulk"]} role="toolbar" aria-label="Chosen classes">
      <b>{plural(sources.length, "class", "classes")} chosen</b>
      <Button variant="default" size="compact-sm" onClick={() => onApply(sources, "create")}>
        Create each
      </Button>
      {sources.length > 1 && (
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => onApply(sources, { name: first.trim(), color: "" })}
        >
          Merge into new “{first}”
        </Button>
      )}
      <Button variant="default" size="compact-sm" onClick={() => onApply(sources, "ignore")}>
        Ignore
      </Button>
      {known.length > 0 && (
        <Select
          aria-label="Map to a class of the project"
          placeholder="Map to …"
          size="xs"
          w={170}
          searchable
          limit={200}
          value={null}
          data={known.map((one) => ({ value: String(one.id), label: one.name }))}
          onChange={(value) => value !== null && onApply(sources, Number(value))}
        />
      )}
      <Button variant="subtle" size="compact-sm" onClick={() => onReset(sources)}>
        As proposed
      </Button>
      <Button variant="subtle" size="compact-sm" onClick={onClear}>
        Choose none
      </Button>
    </div>
  );
}
