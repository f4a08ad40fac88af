import { Button, Checkbox, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, Search, Shapes } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { labelsQuery } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { PageLoading } from "@/components/PageLoading";
import { plural } from "@/lib/format";
import type { ImportReport } from "../../import-types";
import {
  type Choice,
  chooseFor,
  forget,
  isNew,
  type Known,
  settle,
  sumsOf,
} from "../../lib/label-choices";
import classes from "./import.module.css";
import { LabelBulkBar } from "./LabelBulkBar";
import { LabelRow } from "./LabelRow";
import type { StepProps } from "./step-props";

const SHOWN = 100;
const MANY = 100;

interface Props extends StepProps {
  readonly report: ImportReport;
}

/** What every class name of the files becomes: one of the project's classes, a new one, or nothing. */
export function LabelsStep({ projectId, state, change, report }: Props) {
  const schema = useQuery(labelsQuery(projectId));
  if (schema.data === undefined) return <PageLoading />;
  const known = schema.data.labels.filter((label) => !label.archived);
  return (
    <Mapping projectId={projectId} state={state} change={change} report={report} known={known} />
  );
}

function Mapping({ state, change, report, known }: Props & { readonly known: readonly Known[] }) {
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(SHOWN);
  const list = useRef<HTMLTableSectionElement>(null);
  const settled = settle(report.labels, state.choices, known);
  const sums = sumsOf(report.labels, settled);
  const wanted = filter.trim().toLowerCase();
  const matching = report.labels.filter((label) => label.source.toLowerCase().includes(wanted));
  const rows = matching.slice(0, shown);
  const unused = report.labels
    .filter((label) => label.n === 0 && settled[label.source] !== "ignore")
    .map((label) => label.source);
  const fresh = [
    ...new Set(Object.values(settled).flatMap((one) => (isNew(one) ? [one.name] : []))),
  ];
  const made = fresh.length > MANY ? [] : fresh; // a thousand choices in every row help nobody; several rows can be merged
  const apply = (sources: readonly string[], choice: Choice | "create") =>
    change({ choices: chooseFor(sources, choice, state.choices) });
  const toggle = (source: string) => {
    const next = new Set(chosen);
    if (!next.delete(source)) next.add(source);
    setChosen(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const box = event.target;
    if (
      !(box instanceof HTMLInputElement) ||
      box.type !== "checkbox" ||
      event.ctrlKey ||
      event.metaKey
    )
      return;
    const source = box.value;
    const boxes = [
      ...(list.current?.querySelectorAll<HTMLInputElement>("input[type=checkbox]") ?? []),
    ];
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) boxes[boxes.indexOf(box) + move]?.focus();
    else if (event.key === "c") apply(chosen.has(source) ? [...chosen] : [source], "create");
    else if (event.key === "i") apply(chosen.has(source) ? [...chosen] : [source], "ignore");
    else if (event.key === "m")
      box.closest("tr")?.querySelector<HTMLElement>("[data-choice]")?.click();
    else return;
    event.preventDefault();
  };
  const next = (
    <>
      <Button
        variant="default"
        leftSection={<ArrowLeft size={14} />}
        onClick={() => change({ step: "found" })}
      >
        Back
      </Button>
      <Button rightSection={<ArrowRight size={15} />} onClick={() => change({ step: "mode" })}>
        Go on
      </Button>
    </>
  );
  if (report.labels.length === 0)
    return (
      <Card>
        <EmptyState icon={Shapes} title="There are no classes in these files" action={next}>
          Images come in without labels.
        </EmptyState>
      </Card>
    );
  return (
    <>
      <Card
        title="What do the classes mean?"
        hint="Proposals are made by name, and remembered for the next import into this project."
        actions={
          <>
            {unused.length > 0 && (
              <Button variant="subtle" size="compact-sm" onClick={() => apply(unused, "ignore")}>
                Ignore {plural(unused.length, "class", "classes")} without objects
              </Button>
            )}
            <TextInput
              aria-label="Find a class"
              placeholder="Find a class"
              leftSection={<Search size={13} />}
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value)}
            />
          </>
        }
        flush
      >
        <LabelBulkBar
          chosen={chosen}
          known={known}
          onApply={apply}
          onReset={(sources) => change({ choices: forget(sources, state.choices) })}
          onClear={() => setChosen(new Set())}
        />
        <table className={classes["labels"]}>
          <thead>
            <tr>
              <th>
                <Checkbox
                  aria-label="Choose all"
                  size="xs"
                  checked={
                    matching.length > 0 && matching.every(({ source }) => chosen.has(source))
                  }
                  indeterminate={chosen.size > 0 && chosen.size < matching.length}
                  onChange={(event) =>
                    setChosen(
                      new Set(
                        event.currentTarget.checked ? matching.map(({ source }) => source) : [],
                      ),
                    )
                  }
                />
              </th>
              <th>In the files</th>
              <th className={classes["amount"]}>Objects</th>
              <th>Becomes</th>
              <th>Why</th>
            </tr>
          </thead>
          <tbody ref={list} onKeyDown={onKeyDown}>
            {rows.map((label) => (
              <LabelRow
                key={label.source}
                label={label}
                choice={settled[label.source] ?? "ignore"}
                changed={label.source in state.choices}
                known={known}
                made={made}
                chosen={chosen.has(label.source)}
                onToggle={() => toggle(label.source)}
                onChoose={(choice) => apply([label.source], choice)}
                onReset={() => change({ choices: forget([label.source], state.choices) })}
              />
            ))}
          </tbody>
        </table>
        {matching.length === 0 && <p className={classes["none"]}>No class has this in its name.</p>}
        {matching.length > rows.length && (
          <div className={classes["showMore"]}>
            <Button variant="subtle" onClick={() => setShown(shown + 10 * SHOWN)}>
              Show {matching.length - rows.length} more
            </Button>
          </div>
        )}
      </Card>
      <footer className={classes["foot"]}>
        <p>
          {plural(sums.used, "name")} into classes of the project,{" "}
          {plural(sums.created, "new class", "new classes")}, {sums.ignored} ignored
          {sums.objectsIgnored > 0 && ` (${plural(sums.objectsIgnored, "object")} left out)`}.
          <small>
            Keys on a ticked box: <kbd>C</kbd> create, <kbd>I</kbd> ignore, <kbd>M</kbd> map,{" "}
            <kbd>↑</kbd> <kbd>↓</kbd> move.
          </small>
        </p>
        <div>{next}</div>
      </footer>
    </>
  );
}
