/**
 * The subset of JSON Schema that plugin options use, read into flat form fields.
 * Pure: no React here, so that every rule has a table test.
 */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly "x-advanced"?: boolean;
  readonly "x-multiline"?: boolean;
  /** An option of a format that only means something when reading, or when writing. */
  readonly "x-side"?: "read" | "write";
  /** Never shown again, and kept when the field is left empty. */
  readonly "x-secret"?: boolean;
  readonly "x-unit"?: string;
  readonly "x-enum-labels"?: Readonly<Record<string, string>>;
}

export type FieldKind =
  | "boolean"
  | "choice"
  | "choices"
  | "integer"
  | "list"
  | "number"
  | "text"
  | "unsupported";

export interface Choice {
  readonly value: string | number | boolean;
  readonly label: string;
}

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly description: string;
  readonly advanced: boolean;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly initial: unknown;
  readonly choices: readonly Choice[];
  readonly schema: JsonSchema;
}

export type Values = Readonly<Record<string, unknown>>;
export type Errors = Readonly<Record<string, string>>;

/** "learning_rate" -> "Learning rate". */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.match(/^#\/\$defs\/(.+)$/)?.[1];
  const found = name === undefined ? undefined : root.$defs?.[name];
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  const base = found ?? only;
  if (base === undefined) return schema;
  const { $ref: _ref, allOf: _allOf, ...own } = schema;
  return resolve({ ...base, ...own }, root);
}

/** Splits "T or null" into T and the fact that null is allowed. */
function withoutNull(
  schema: JsonSchema,
  root: JsonSchema,
): { schema: JsonSchema; nullable: boolean } {
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    const rest = options.filter((option) => option.type !== "null");
    const first = rest[0];
    if (rest.length === 1 && first !== undefined) {
      const { anyOf: _any, oneOf: _one, ...own } = schema;
      const inner = resolve(first, root);
      return { schema: { ...inner, ...own }, nullable: rest.length < options.length };
    }
  }
  if (Array.isArray(schema.type)) {
    const types: readonly string[] = schema.type;
    const rest = types.filter((type) => type !== "null");
    if (rest.length === 1 && rest[0] !== undefined)
      return { schema: { ...schema, type: rest[0] }, nullable: rest.length < types.length };
  }
  return { schema, nullable: false };
}

const isChoiceValue = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

function choicesOf(schema: JsonSchema): Choice[] {
  const labels = schema["x-enum-labels"] ?? {};
  return (schema.enum ?? [])
    .filter(isChoiceValue)
    .map((value) => ({ value, label: labels[String(value)] ?? String(value) }));
}

function kindOf(schema: JsonSchema, root: JsonSchema): FieldKind {
  if (schema.enum !== undefined) return "choice";
  switch (schema.type) {
    case "boolean":
      return "boolean";
    case "integer":
      return "integer";
    case "number":
      return "number";
    case "string":
      return "text";
    case "array": {
      const items = schema.items === undefined ? undefined : resolve(schema.items, root);
      if (items?.enum !== undefined) return "choices";
      return ["string", "number", "integer"].includes(String(items?.type)) ? "list" : "unsupported";
    }
    default:
      return "unsupported";
  }
}

function fallback(kind: FieldKind, nullable: boolean): unknown {
  if (nullable) return null;
  if (kind === "boolean") return false;
  if (kind === "choices" || kind === "list") return [];
  return kind === "text" ? "" : undefined;
}

const isOn = (side: string | undefined, own: string | undefined) =>
  side === undefined || own === undefined || own === side;

/** The fields of an object schema, in its own order. */
export function fieldsOf(root: JsonSchema, side?: "read" | "write"): Field[] {
  const required = new Set(root.required ?? []);
  return Object.entries(root.properties ?? {})
    .filter(([, property]) => property.const === undefined && isOn(side, property["x-side"]))
    .map(([name, property]) => {
      const { schema, nullable } = withoutNull(resolve(property, root), root);
      const kind = kindOf(schema, root);
      const items = schema.items === undefined ? undefined : resolve(schema.items, root);
      return {
        name,
        kind,
        label: schema.title ?? humanise(name),
        description: schema.description ?? "",
        advanced: schema["x-advanced"] === true,
        required: required.has(name),
        nullable,
        initial: schema.default !== undefined ? schema.default : fallback(kind, nullable),
        choices: choicesOf(kind === "choices" && items !== undefined ? items : schema),
        schema: kind === "list" && items !== undefined ? { ...schema, items } : schema,
      };
    });
}

/** The value of every field before anybody touched the form. */
export function defaultsOf(schema: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(
    fieldsOf(schema)
      .filter((field) => field.initial !== undefined)
      .map((field) => [field.name, field.initial]),
  );
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

function checkNumber(field: Field, value: unknown): string | undefined {
  const { schema } = field;
  if (typeof value !== "number" || Number.isNaN(value)) return "Enter a number.";
  if (field.kind === "integer" && !Number.isInteger(value)) return "Enter a whole number.";
  if (schema.minimum !== undefined && value < schema.minimum)
    return `Must be at least ${schema.minimum}.`;
  if (schema.maximum !== undefined && value > schema.maximum)
    return `Must be at most ${schema.maximum}.`;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
    return `Must be greater than ${schema.exclusiveMinimum}.`;
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum)
    return `Must be less than ${schema.exclusiveMaximum}.`;
  if (schema.multipleOf !== undefined) {
    const steps = value / schema.multipleOf;
    if (Math.abs(steps - Math.round(steps)) > 1e-9)
      return `Must be a multiple of ${schema.multipleOf}.`;
  }
  return undefined;
}

function checkText(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof value !== "string") return "Enter a text.";
  if (schema.minLength !== undefined && value.length < schema.minLength)
    return `Must have at least ${schema.minLength} characters.`;
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return `Must have at most ${schema.maxLength} characters.`;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    return `Must match ${schema.pattern}.`;
  return undefined;
}

function checkItems(schema: JsonSchema, value: unknown): string | undefined {
  if (!Array.isArray(value)) return "Enter a list.";
  if (schema.minItems !== undefined && value.length < schema.minItems)
    return `Give at least ${schema.minItems}.`;
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return `Give at most ${schema.maxItems}.`;
  return undefined;
}

/** What is wrong with one value, in a sentence; undefined when nothing is. */
export function checkField(field: Field, value: unknown): string | undefined {
  if (isEmpty(value)) {
    if (field.nullable) return undefined;
    return field.required || ["integer", "number", "choice"].includes(field.kind)
      ? "This is needed."
      : undefined;
  }
  switch (field.kind) {
    case "integer":
    case "number":
      return checkNumber(field, value);
    case "text":
      return checkText(field.schema, value);
    case "choice":
      return field.choices.some((choice) => choice.value === value)
        ? undefined
        : "Choose one of the list.";
    case "choices":
    case "list":
      return checkItems(field.schema, value);
    default:
      return undefined;
  }
}

/** Messages per field name; empty when the form may be sent. */
export function validate(schema: JsonSchema, values: Values): Record<string, string> {
  return Object.fromEntries(
    fieldsOf(schema).flatMap((field) => {
      const message = checkField(field, values[field.name]);
      return message === undefined ? [] : [[field.name, message]];
    }),
  );
}
