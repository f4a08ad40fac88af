import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { labelsQuery } from "@/api/queries/project";
import type { View } from "../../lib/export-settings";
import datasets from "../datasets.module.css";
import classes from "./export.module.css";

interface Props {
  readonly projectId: string;
  readonly value: View;
  readonly onChange: (value: View) => void;
}

const STATES = [
  { value: "new", label: "New" },
  { value: "in_progress", label: "In progress" },
  { value: "labelled", label: "Labelled" },
  { value: "reviewed", label: "Reviewed" },
  { value: "skipped", label: "Skipped" },
];
const SPLITS = [
  { value: "train", label: "Train" },
  { value: "val", label: "Validation" },
  { value: "test", label: "Test" },
  { value: "none", label: "Undecided" },
];
const SHOWN = new Set(["state", "split", "label", "unlabelled", "search"]);

/** Filters of the images, as in their list; those that came with the address and have no field here are named. */
export function ViewFields({ projectId, value, onChange }: Props) {
  const labels = useQuery(labelsQuery(projectId)).data?.labels ?? [];
  const set = <K extends keyof View>(name: K, next: View[K] | undefined) => {
    const { [name]: _old, ...rest } = value;
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  const more = Object.keys(value).filter((name) => !SHOWN.has(name));
  return (
    <div className={datasets["form"]}>
      <div className={classes["pair"]}>
        <Select
          label="State"
          placeholder="Any state"
          clearable
          data={STATES}
          value={value.state ?? null}
          onChange={(text) => set("state", text ?? undefined)}
        />
        <Select
          label="Split"
          placeholder="Any split"
          clearable
          data={SPLITS}
          value={value.split ?? null}
          onChange={(text) => set("split", text ?? undefined)}
        />
      </div>
      <div className={classes["pair"]}>
        <Select
          label="Class"
          placeholder="Any class"
          clearable
          searchable={labels.length > 8}
          data={labels.map((label) => ({ value: String(label.id), label: label.name }))}
          value={value.label === undefined ? null : String(value.label)}
          onChange={(text) => set("label", text === null ? undefined : Number(text))}
        />
        <TextInput
          label="Part of the name"
          placeholder="Any name"
          value={value.search ?? ""}
          onChange={(event) => set("search", event.currentTarget.value || undefined)}
        />
      </div>
      {more.length > 0 && (
        <p className={datasets["note"]}>
          Also filtered by {more.map((name) => name.replaceAll("_", " ")).join(", ")}, as on the
          page you came from.
        </p>
      )}
    </div>
  );
}
