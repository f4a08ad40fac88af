import { expect, it } from "vitest";
import { architectureOptions, weightsOptions } from "./choices";

const choice = (name: string, available: boolean, downloadable = false) => ({
  name,
  title: name,
  task: "detect",
  available,
  downloadable,
  note: "",
});

it("offers weights that are here first and always scratch at the end", () => {
  const options = weightsOptions(
    [choice("far.pt", false, true), choice("gone.pt", false), choice("near.pt", true)],
    "detect",
  );
  expect(options).toEqual([
    { value: "near.pt", label: "near.pt", disabled: false },
    { value: "far.pt", label: "far.pt (will be downloaded)", disabled: false },
    { value: "gone.pt", label: "gone.pt (not here)", disabled: true },
    { value: "scratch", label: "From scratch", disabled: false },
  ]);
});

it("leaves weights of other tasks out", () => {
  expect(weightsOptions([choice("near.pt", true)], "segment").map((one) => one.value)).toEqual([
    "scratch",
  ]);
});

it("turns the architecture into a choice and keeps a known default", () => {
  const schema = { properties: { architecture: { type: "string", default: "b" } } };
  expect(architectureOptions(schema, ["a", "b"]).properties?.["architecture"]).toEqual({
    type: "string",
    enum: ["a", "b"],
    default: "b",
  });
  expect(architectureOptions(schema, ["x", "y"]).properties?.["architecture"]?.default).toBe("x");
});

it("offers pretrained weights before models of the project", () => {
  const options = weightsOptions([choice("model:3", true), choice("near.pt", true)], "detect");
  expect(options.map((one) => one.value)).toEqual(["near.pt", "model:3", "scratch"]);
});
