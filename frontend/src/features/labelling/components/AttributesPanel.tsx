import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Attribute } from "@/api/types";
import type { ShapeRecord } from "@/canvas/scene/records";
import { useEditorValue, useWorkbench } from "../hooks/workbench";
import classes from "./Panel.module.css";
import { Section } from "./Section";

/** The attributes of the selected object, as the label schema has them. */
export function AttributesPanel() {
  const { labelOf, project } = useWorkbench();
  const selection = useEditorValue((snapshot) => snapshot.selection);
  const shapes = useEditorValue((snapshot) => snapshot.shapes);
  const wanted =
    project.task === "classify" && selection.length === 0
      ? shapes.filter(({ geometry }) => geometry.type === "tag")
      : shapes.filter(({ id }) => selection.includes(id));
  const [record] = wanted;
  if (record === undefined || wanted.length > 1) return null;
  const label = labelOf(record.label);
  if (label === undefined || label.attributes.length === 0) return null;
  return (
    <Section name="attributes" title="Attributes" note={label.name}>
      <div className={classes["pad"]}>
        {label.attributes.map((attribute) => (
          <AttributeField
            key={`${record.id} ${attribute.name}`}
            record={record}
            attribute={attribute}
          />
        ))}
      </div>
    </Section>
  );
}

interface FieldProps {
  readonly record: ShapeRecord;
  readonly attribute: Attribute;
}

function AttributeField({ record, attribute }: FieldProps) {
  const { editor } = useWorkbench();
  const readOnly = useEditorValue((snapshot) => snapshot.readOnly);
  const { name, type, values, required } = attribute;
  const value = record.attributes[name] ?? attribute.default;
  const set = (next: unknown) => editor.setAttributes([record.id], { [name]: next });
  const common = { label: name, size: "xs", required, disabled: readOnly } as const;
  switch (type) {
    case "checkbox":
      return (
        <Checkbox
          label={name}
          disabled={readOnly}
          checked={value === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      );
    case "select":
      return (
        <Select
          {...common}
          data={[...values]}
          value={typeof value === "string" ? value : null}
          clearable={!required}
          onChange={set}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => set(typeof next === "number" ? next : null)}
        />
      );
    case "text":
      return <TextField {...common} value={typeof value === "string" ? value : ""} onDone={set} />;
  }
}

interface TextFieldProps {
  readonly label: string;
  readonly size: "xs";
  readonly required: boolean;
  readonly disabled: boolean;
  readonly value: string;
  readonly onDone: (value: string) => void;
}

/** Text is one change when it is finished, not one per letter. */
function TextField({ value, onDone, ...common }: TextFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      {...common}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => text !== value && onDone(text)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}
