import { Button, Select, Skeleton, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, fieldsOf, type JsonSchema, validate } from "@/components/schema-form/schema";
import { formatPercent } from "@/lib/format";
import { formatsQuery } from "../../api";
import type { Candidate, ImportReport } from "../../import-types";
import type { ImportState } from "../../lib/import-state";
import classes from "./import.module.css";

interface Props {
  readonly state: ImportState;
  readonly report: ImportReport | undefined;
  readonly candidates: readonly Candidate[];
  readonly busy: boolean;
  readonly onAgain: (state: ImportState) => void;
}

/** The format as it was found out, with reasons; another one or other options mean another look. */
export function FormatPanel({ state, report, candidates, busy, onAgain }: Props) {
  const formats = useQuery(formatsQuery);
  const readable = (formats.data ?? []).filter((one) => one.traits["can_read"] !== false);
  const found = report?.format ?? candidates[0]?.format ?? "";
  const [format, setFormat] = useState(found);
  const [changed, setChanged] = useState<Record<string, unknown> | null>(null);
  const [keepSplits, setKeepSplits] = useState(state.keepSplits);
  const [sizeOnly, setSizeOnly] = useState(state.sizeOnly);
  const plugin = readable.find((one) => one.name === format);
  const schema = (plugin?.options_schema ?? {}) as JsonSchema;
  const given = format === report?.format ? report.options : {};
  const options = changed ?? { ...defaultsOf(schema), ...given };
  const errors = validate(schema, options);
  const candidate = candidates.find((one) => one.format === format);
  const same =
    report !== undefined &&
    format === report.format &&
    changed === null &&
    keepSplits === state.keepSplits &&
    sizeOnly === state.sizeOnly;
  const others = candidates.filter((one) => one.format !== format);
  if (formats.isPending) return <Skeleton height={180} />;
  return (
    <div className={classes["column"]}>
      <Select
        label="Format"
        searchable
        allowDeselect={false}
        value={format === "" ? null : format}
        placeholder="Choose a format"
        onChange={(value) => {
          setFormat(value ?? "");
          setChanged(null);
        }}
        data={readable.map((one) => ({ value: one.name, label: one.title || one.name }))}
      />
      {candidate !== undefined && (
        <div className={classes["why"]}>
          <b>{formatPercent(candidate.confidence)} sure.</b> {candidate.reasons.join(" ")}
        </div>
      )}
      {others.length > 0 && (
        <div className={classes["others"]}>
          <span>It could also be</span>
          {others.map((one) => (
            <button
              key={one.format}
              type="button"
              title={one.reasons.join(" ")}
              onClick={() => {
                setFormat(one.format);
                setChanged(null);
              }}
            >
              {one.title} <small>{formatPercent(one.confidence)}</small>
            </button>
          ))}
        </div>
      )}
      {fieldsOf(schema, "read").length > 0 && (
        <SchemaForm
          schema={schema}
          value={options}
          onChange={setChanged}
          errors={errors}
          side="read"
        />
      )}
      <Switch
        label="Take over train, val and test"
        checked={keepSplits}
        onChange={(event) => setKeepSplits(event.currentTarget.checked)}
      />
      <Switch
        label="Make images whose picture is missing"
        description="Their size is known; the picture can come later."
        checked={sizeOnly}
        onChange={(event) => setSizeOnly(event.currentTarget.checked)}
      />
      <Button
        variant={same ? "default" : "filled"}
        leftSection={<RefreshCw size={14} />}
        disabled={same || format === "" || Object.keys(errors).length > 0 || state.source === null}
        loading={busy}
        onClick={() => onAgain({ ...state, format, options, keepSplits, sizeOnly })}
      >
        Look again
      </Button>
    </div>
  );
}
