import {
  Chip,
  Group,
  Input,
  JsonInput,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import type { Field } from "./schema";

interface Props {
  readonly field: Field;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

/** One option as an input; the kind decides which. */
export function SchemaField(props: Props) {
  switch (props.field.kind) {
    case "boolean":
      return <BooleanField {...props} />;
    case "integer":
    case "number":
      return <NumberField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "choices":
      return <ChoicesField {...props} />;
    case "list":
      return <ListField {...props} />;
    case "text":
      return <TextField {...props} />;
    case "unsupported":
      return <JsonField {...props} />;
  }
}

function common({ field, error, disabled }: Props) {
  return {
    label: field.label,
    description: field.description || undefined,
    error,
    disabled,
    withAsterisk: field.required && !field.nullable,
  };
}

function BooleanField(props: Props) {
  const { label, description, error, disabled } = common(props);
  return (
    <Switch
      label={label}
      description={description}
      error={error}
      disabled={disabled}
      checked={props.value === true}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

function NumberField(props: Props) {
  const { schema, nullable, kind } = props.field;
  const step = schema.multipleOf ?? (kind === "integer" ? 1 : undefined);
  return (
    <NumberInput
      {...common(props)}
      value={typeof props.value === "number" ? props.value : ""}
      onChange={(value) => props.onChange(typeof value === "number" ? value : toNumber(value))}
      allowDecimal={kind === "number"}
      clampBehavior="none"
      hideControls={step === undefined}
      {...(step === undefined ? {} : { step })}
      {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
      {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
      {...(schema["x-unit"] === undefined ? {} : { suffix: ` ${schema["x-unit"]}` })}
      placeholder={nullable ? "automatic" : ""}
    />
  );
}

/** What is typed but not yet a number stays visible to the validation; an emptied field is null. */
function toNumber(text: string): number | null {
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? null : value;
}

function ChoiceField(props: Props) {
  const { choices, nullable } = props.field;
  return (
    <Select
      {...common(props)}
      data={choices.map((choice) => ({ value: String(choice.value), label: choice.label }))}
      value={props.value === null || props.value === undefined ? null : String(props.value)}
      onChange={(text) =>
        props.onChange(choices.find((choice) => String(choice.value) === text)?.value ?? null)
      }
      clearable={nullable}
      allowDeselect={nullable}
      searchable={choices.length > 10}
      placeholder={nullable ? "automatic" : ""}
    />
  );
}

function ChoicesField(props: Props) {
  const { choices } = props.field;
  const chosen = Array.isArray(props.value) ? props.value.map(String) : [];
  const { label, description, error, disabled } = common(props);
  return (
    <Input.Wrapper label={label} description={description} error={error}>
      <Chip.Group
        multiple
        value={chosen}
        onChange={(next: string[]) =>
          props.onChange(
            choices
              .filter((choice) => next.includes(String(choice.value)))
              .map((choice) => choice.value),
          )
        }
      >
        <Group gap={6} mt={6}>
          {choices.map((choice) => (
            <Chip
              key={String(choice.value)}
              value={String(choice.value)}
              size="xs"
              disabled={disabled}
            >
              {choice.label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

function ListField(props: Props) {
  const numeric = props.field.schema.items?.type !== "string";
  const values = Array.isArray(props.value) ? props.value.map(String) : [];
  return (
    <TagsInput
      {...common(props)}
      value={values}
      onChange={(next) =>
        props.onChange(
          numeric ? next.map(Number).filter((value) => !Number.isNaN(value)) : [...next],
        )
      }
      placeholder="Type and press Enter"
    />
  );
}

function TextField(props: Props) {
  const { schema, nullable } = props.field;
  const settings = {
    ...common(props),
    value: typeof props.value === "string" ? props.value : "",
    placeholder: nullable ? "automatic" : "",
  };
  const take = (text: string) => props.onChange(text === "" && nullable ? null : text);
  if (schema["x-secret"] === true)
    return (
      <PasswordInput
        {...settings}
        autoComplete="new-password"
        onChange={(event) => take(event.currentTarget.value)}
      />
    );
  if (schema["x-multiline"] === true)
    return (
      <Textarea
        {...settings}
        autosize
        minRows={3}
        maxRows={12}
        onChange={(event) => take(event.currentTarget.value)}
      />
    );
  return <TextInput {...settings} onChange={(event) => take(event.currentTarget.value)} />;
}

/** An option this form knows no better input for is still editable, as JSON. */
function JsonField(props: Props) {
  const [text, setText] = useState(() => JSON.stringify(props.value ?? null, null, 2));
  return (
    <JsonInput
      {...common(props)}
      value={text}
      autosize
      minRows={2}
      validationError="This is not valid JSON."
      onChange={(next) => {
        setText(next);
        try {
          props.onChange(JSON.parse(next));
        } catch {
          // Half-typed JSON: the field shows its own message, the last valid value stays.
        }
      }}
    />
  );
}
