import { Collapse, NumberInput, Select, Switch, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { formatCount } from "@/lib/format";
import { fieldName, SPLIT_NAMES, type SplitForm, splitProblem } from "../../lib/splits";
import { SPLITS, type SplitName } from "../../version-types";
import { splitsQuery } from "../../versions-api";
import datasets from "../datasets.module.css";
import classes from "./splits.module.css";

interface Props {
  readonly projectId: string;
  readonly value: SplitForm;
  readonly onChange: (value: SplitForm) => void;
}

/** How images are divided: shares and seed, and what must stay together. */
export function SplitFields({ projectId, value, onChange }: Props) {
  const splits = useQuery(splitsQuery(projectId));
  const [open, setOpen] = useState(value.together !== "" || value.assign_by !== "");
  const set = (patch: Partial<SplitForm>) => onChange({ ...value, ...patch });
  const percent = (text: string | number) => (typeof text === "number" ? text : 0);
  const fields = splits.data?.fields ?? [];
  const locked = splits.data?.test_locked ?? false;
  const options = fields.map((one) => ({ value: one.field, label: fieldName(one.field) }));
  const problem = splitProblem(value);
  return (
    <div className={classes["fields"]}>
      <div className={classes["triple"]}>
        <NumberInput
          label="Validation"
          suffix=" %"
          min={0}
          max={95}
          allowDecimal={false}
          value={value.val}
          error={problem}
          onChange={(text) => set({ val: percent(text) })}
        />
        <NumberInput
          label={locked ? "Test (locked)" : "Test"}
          suffix=" %"
          min={0}
          max={95}
          allowDecimal={false}
          disabled={locked}
          value={value.test}
          onChange={(text) => set({ test: percent(text) })}
        />
        <NumberInput
          label="Seed"
          min={0}
          allowDecimal={false}
          value={value.seed}
          onChange={(text) => set({ seed: percent(text) })}
        />
      </div>
      <UnstyledButton
        className={datasets["more"] ?? ""}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={14} data-open={open || undefined} /> What stays together
      </UnstyledButton>
      <Collapse expanded={open}>
        <div className={classes["fields"]}>
          <Switch
            label="Near-duplicates stay on one side"
            checked={value.near_duplicates}
            onChange={(event) => set({ near_duplicates: event.currentTarget.checked })}
          />
          <Switch
            label="Images whose split is set stay in it"
            checked={value.keep_fixed}
            onChange={(event) => set({ keep_fixed: event.currentTarget.checked })}
          />
          <Switch
            label="Every class has its share in each split"
            checked={value.stratify}
            onChange={(event) => set({ stratify: event.currentTarget.checked })}
          />
          <Select
            label="Keep together by"
            description="Images with the same value are never divided."
            placeholder="Nothing more"
            clearable
            data={options}
            value={value.together || null}
            onChange={(field) => set({ together: field ?? "" })}
          />
          <Select
            label="Decide by value"
            description="Choose the split of whole sites, cameras or folders yourself."
            placeholder="Draw all of them"
            clearable
            data={options}
            value={value.assign_by || null}
            onChange={(field) => set({ assign_by: field ?? "", assign: {} })}
          />
          <Values
            values={fields.find((one) => one.field === value.assign_by)?.values ?? {}}
            assign={value.assign}
            onChange={(assign) => set({ assign })}
          />
        </div>
      </Collapse>
    </div>
  );
}

const CHOICES = [
  { value: "", label: "Drawn" },
  ...SPLITS.map((split) => ({ value: split, label: SPLIT_NAMES[split] })),
];

function Values({
  values,
  assign,
  onChange,
}: {
  readonly values: Readonly<Record<string, number>>;
  readonly assign: Readonly<Record<string, SplitName>>;
  readonly onChange: (assign: Readonly<Record<string, SplitName>>) => void;
}) {
  const names = Object.entries(values);
  if (names.length === 0) return null;
  const choose = (name: string, text: string | null) => {
    const { [name]: _old, ...rest } = assign;
    const split = SPLITS.find((one) => one === text);
    onChange(split === undefined ? rest : { ...rest, [name]: split });
  };
  return (
    <ul className={classes["values"]}>
      {names.map(([name, count]) => (
        <li key={name}>
          <span title={name}>
            {name || "(top folder)"} <small>{formatCount(count)}</small>
          </span>
          <Select
            aria-label={`Split of ${name || "the top folder"}`}
            w={120}
            allowDeselect={false}
            data={CHOICES}
            value={assign[name] ?? ""}
            onChange={(text) => choose(name, text)}
          />
        </li>
      ))}
    </ul>
  );
}
