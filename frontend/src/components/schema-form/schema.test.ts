import { describe, expect, it } from "vitest";
import { checkField, defaultsOf, fieldsOf, type JsonSchema, validate } from "./schema";

const schema: JsonSchema = {
  type: "object",
  required: ["epochs"],
  properties: {
    epochs: { type: "integer", minimum: 1, maximum: 500, default: 50, title: "Epochs" },
    learning_rate: { type: "number", exclusiveMinimum: 0, default: 0.01, "x-advanced": true },
    image_size: { type: "integer", multipleOf: 32, default: 640 },
    optimizer: { enum: ["sgd", "adamw"], default: "adamw" },
    device: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    freeze: { type: ["integer", "null"], minimum: 0 },
    mosaic: { type: "boolean", default: true },
    flips: { type: "array", items: { $ref: "#/$defs/Flip" }, minItems: 1, default: ["left"] },
    scales: { type: "array", items: { type: "number" } },
    family: { const: "yolo" },
    size: { $ref: "#/$defs/Size", default: "n" },
    nested: { type: "object" },
  },
  $defs: {
    Flip: { enum: ["left", "up"] },
    Size: { enum: ["n", "s"], title: "Model size", "x-enum-labels": { n: "nano" } },
  },
};

const field = (name: string) => {
  const found = fieldsOf(schema).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("fieldsOf", () => {
  it("reads kinds through references and null unions, and leaves constants out", () => {
    expect(fieldsOf(schema).map((one) => [one.name, one.kind, one.nullable])).toEqual([
      ["epochs", "integer", false],
      ["learning_rate", "number", false],
      ["image_size", "integer", false],
      ["optimizer", "choice", false],
      ["device", "text", true],
      ["freeze", "integer", true],
      ["mosaic", "boolean", false],
      ["flips", "choices", false],
      ["scales", "list", false],
      ["size", "choice", false],
      ["nested", "unsupported", false],
    ]);
  });

  it("names fields for people and keeps what the schema says", () => {
    expect(field("learning_rate")).toMatchObject({ label: "Learning rate", advanced: true });
    expect(field("size")).toMatchObject({
      label: "Model size",
      choices: [
        { value: "n", label: "nano" },
        { value: "s", label: "s" },
      ],
    });
  });
});

describe("defaultsOf", () => {
  it("starts every field with something its kind can show", () => {
    expect(defaultsOf(schema)).toEqual({
      epochs: 50,
      learning_rate: 0.01,
      image_size: 640,
      optimizer: "adamw",
      device: null,
      freeze: null,
      mosaic: true,
      flips: ["left"],
      scales: [],
      size: "n",
    });
  });

  it("gives values that are valid", () => {
    expect(validate(schema, defaultsOf(schema))).toEqual({});
  });
});

describe("checkField", () => {
  it.each([
    ["epochs", 0, "Must be at least 1."],
    ["epochs", 501, "Must be at most 500."],
    ["epochs", 1.5, "Enter a whole number."],
    ["epochs", null, "This is needed."],
    ["learning_rate", 0, "Must be greater than 0."],
    ["learning_rate", 0.1, undefined],
    ["image_size", 100, "Must be a multiple of 32."],
    ["optimizer", "lion", "Choose one of the list."],
    ["device", null, undefined],
    ["freeze", null, undefined],
    ["freeze", -1, "Must be at least 0."],
    ["flips", [], "Give at least 1."],
  ])("%s = %j says %s", (name, value, message) => {
    expect(checkField(field(name), value)).toBe(message);
  });
});
