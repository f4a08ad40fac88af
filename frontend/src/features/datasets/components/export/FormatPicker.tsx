import { TextInput, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { useState } from "react";
import type { PluginInfo } from "@/api/types";
import { Card } from "@/components/Card";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { fieldsOf, type JsonSchema, validate } from "@/components/schema-form/schema";
import datasets from "../datasets.module.css";
import classes from "./export.module.css";

interface Props {
  readonly formats: readonly PluginInfo[];
  readonly format: PluginInfo;
  readonly options: Record<string, unknown>;
  readonly onFormat: (format: PluginInfo) => void;
  readonly onOptions: (options: Record<string, unknown>) => void;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

function focusSibling(button: HTMLElement, index: number): void {
  const found = button.parentElement?.querySelectorAll<HTMLElement>("[role=radio]").item(index);
  found?.focus();
}

/** All formats that can be written, and the options of the chosen one. */
export function FormatPicker({ formats, format, options, onFormat, onOptions }: Props) {
  const [text, setText] = useState("");
  const schema = (format.options_schema ?? {}) as JsonSchema;
  const wanted = text.trim().toLowerCase();
  const shown = formats.filter((one) =>
    `${one.name} ${one.title} ${one.description}`.toLowerCase().includes(wanted),
  );
  /** Tab stops at the chosen one; arrows choose another. */
  const stop = shown.find((one) => one.name === format.name) ?? shown[0];
  const hasOptions = fieldsOf(schema, "write").length > 0;
  return (
    <>
      <Card
        title="Format"
        actions={
          formats.length > 8 && (
            <TextInput
              aria-label="Find a format"
              placeholder="Find a format"
              w={180}
              leftSection={<Search size={14} />}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )
        }
      >
        <div className={classes["formats"]} role="radiogroup" aria-label="Format">
          {shown.map((one) => (
            <UnstyledButton
              key={one.name}
              role="radio"
              tabIndex={one.name === stop?.name ? 0 : -1}
              aria-checked={one.name === format.name}
              onKeyDown={(event) => {
                const step = STEPS[event.key];
                if (step === undefined || stop === undefined) return;
                event.preventDefault();
                const next = shown.at((shown.indexOf(one) + step) % shown.length);
                if (next === undefined) return;
                onFormat(next);
                focusSibling(event.currentTarget, shown.indexOf(next));
              }}
              className={datasets["format"] ?? ""}
              onClick={() => onFormat(one)}
            >
              <strong>{one.title || one.name}</strong>
              <span>{one.description}</span>
            </UnstyledButton>
          ))}
          {shown.length === 0 && <p className={datasets["note"]}>No format is called that.</p>}
        </div>
      </Card>
      {hasOptions && (
        <Card title={`Options of ${format.title || format.name}`}>
          <SchemaForm
            schema={schema}
            value={options}
            onChange={onOptions}
            errors={validate(schema, options)}
            side="write"
          />
        </Card>
      )}
    </>
  );
}
