import { ActionIcon, Button, Checkbox, Select, TagsInput, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { Attribute } from "@/api/types";
import classes from "./LabelsPage.module.css";

interface Props {
  readonly attributes: readonly Attribute[];
  readonly readOnly: boolean;
  readonly onChange: (attributes: readonly Attribute[]) => void;
}

const TYPES = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "select", label: "Choice" },
  { value: "checkbox", label: "Yes or no" },
];

const EMPTY: Attribute = { name: "", type: "text", values: [], default: null, required: false };

/** What is asked about every object of a class: occluded, number of wheels, material. */
export function AttributesEditor({ attributes, readOnly, onChange }: Props) {
  const patch = (index: number, change: Partial<Attribute>) =>
    onChange(attributes.map((one, at) => (at === index ? { ...one, ...change } : one)));
  return (
    <div className={classes["attributes"]}>
      {attributes.map((attribute, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an attribute has no identity but its place while it is edited.
        <div key={index} className={classes["attribute"]}>
          <TextInput
            aria-label="Name of the attribute"
            placeholder="Name"
            readOnly={readOnly}
            value={attribute.name}
            onChange={(event) => patch(index, { name: event.currentTarget.value })}
          />
          <Select
            aria-label="Type"
            data={TYPES}
            readOnly={readOnly}
            allowDeselect={false}
            value={attribute.type}
            onChange={(value) => patch(index, { type: (value ?? "text") as Attribute["type"] })}
          />
          {attribute.type === "select" ? (
            <TagsInput
              aria-label="Choices"
              placeholder="Choices, Enter after each"
              readOnly={readOnly}
              value={[...attribute.values]}
              onChange={(values) => patch(index, { values })}
            />
          ) : (
            <span />
          )}
          <Checkbox
            label="Required"
            disabled={readOnly}
            checked={attribute.required}
            onChange={(event) => patch(index, { required: event.currentTarget.checked })}
          />
          {!readOnly && (
            <ActionIcon
              aria-label={`Remove attribute ${attribute.name}`}
              onClick={() => onChange(attributes.filter((_, at) => at !== index))}
            >
              <X size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!readOnly && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Plus size={14} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() => onChange([...attributes, EMPTY])}
        >
          Add an attribute
        </Button>
      )}
    </div>
  );
}
