import type { JsonSchema } from "@/components/schema-form/schema";
import type { WeightsChoice } from "../types";

/** The value that stands for no weights; the API says it with an empty string. */
export const SCRATCH = "scratch";

/** Weights for a task as options: those that are here first, then downloads, last from scratch. */
export function weightsOptions(weights: readonly WeightsChoice[], task: string) {
  const fitting = weights.filter((one) => one.task === task && one.name !== "");
  // Pretrained weights before models of this project: every model then starts from the same place.
  const own = (one: WeightsChoice) => Number(one.name.startsWith("model:"));
  const here = fitting.filter((one) => one.available).sort((a, b) => own(a) - own(b));
  const away = fitting.filter((one) => !one.available);
  return [
    ...here.map((one) => ({ value: one.name, label: one.title || one.name, disabled: false })),
    ...away.map((one) => ({
      value: one.name,
      label: `${one.title || one.name} (${one.downloadable ? "will be downloaded" : one.note || "not here"})`,
      disabled: !one.downloadable,
    })),
    { value: SCRATCH, label: "From scratch", disabled: false },
  ];
}

/** The options' schema with `architecture` turned into a choice of the task's architectures. */
export function architectureOptions(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const field = schema.properties?.["architecture"];
  if (field === undefined || names.length === 0) return schema;
  const known = typeof field.default === "string" && names.includes(field.default);
  const choice = { ...field, enum: [...names], default: known ? field.default : names[0] };
  return { ...schema, properties: { ...schema.properties, architecture: choice as JsonSchema } };
}
