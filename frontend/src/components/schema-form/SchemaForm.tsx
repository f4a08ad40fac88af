import { Alert, UnstyledButton } from "@mantine/core";
import { ChevronRight } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { SchemaField } from "./SchemaField";
import classes from "./SchemaForm.module.css";
import { type Errors, type Field, fieldsOf, type JsonSchema, type Values } from "./schema";

interface Props {
  readonly schema: JsonSchema;
  readonly value: Values;
  readonly onChange: (value: Record<string, unknown>) => void;
  /** Messages by field name, from `validate` or from the server. */
  readonly errors?: Errors;
  readonly disabled?: boolean;
  /** Leaves out options that only mean something on the other side. */
  readonly side?: "read" | "write";
}

/** Draws the options of any plugin from the JSON Schema the server derives from its `Options` class. */
export function SchemaForm({
  schema,
  value,
  onChange,
  errors = {},
  disabled = false,
  side,
}: Props) {
  const fields = useMemo(() => fieldsOf(schema, side), [schema, side]);
  const [open, setOpen] = useState(false);
  const panel = useId();
  const basic = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  const hidden = advanced.filter((field) => errors[field.name] !== undefined).length;
  const shown = open || hidden > 0;
  const foreign = Object.entries(errors).filter(([name]) => !fields.some((f) => f.name === name));

  const draw = (field: Field) => (
    <div
      key={field.name}
      data-wide={field.kind === "choices" || field.schema["x-multiline"] === true || undefined}
    >
      <SchemaField
        field={field}
        value={value[field.name]}
        error={errors[field.name]}
        disabled={disabled}
        onChange={(next) => onChange({ ...value, [field.name]: next })}
      />
    </div>
  );

  if (fields.length === 0) return <p className={classes["none"]}>This plugin has no options.</p>;
  return (
    <div className={classes["form"]}>
      {foreign.map(([name, message]) => (
        <Alert key={name} color="red" variant="light">
          {message}
        </Alert>
      ))}
      <div className={classes["grid"]}>{basic.map(draw)}</div>
      {advanced.length > 0 && (
        <section>
          <UnstyledButton
            className={classes["toggle"]}
            aria-expanded={shown}
            aria-controls={panel}
            onClick={() => setOpen(!open)}
          >
            <ChevronRight size={14} data-open={shown || undefined} />
            Advanced
            <span>{advanced.length}</span>
          </UnstyledButton>
          {shown && (
            <div id={panel} className={classes["grid"]}>
              {advanced.map(draw)}
            </div>
          )}
        </section>
      )}
    </div>
  );
}
