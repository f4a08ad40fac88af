import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { renderUi } from "@/testing/render";
import { SchemaForm } from "./SchemaForm";
import { defaultsOf, type JsonSchema, validate } from "./schema";

const schema: JsonSchema = {
  properties: {
    epochs: { type: "integer", minimum: 1, default: 50, description: "Passes over the data." },
    optimizer: { enum: ["sgd", "adamw"], default: "adamw" },
    mosaic: { type: "boolean", default: true },
    momentum: { type: "number", maximum: 1, default: 0.9, "x-advanced": true },
  },
};

function Harness({ start = defaultsOf(schema) }: { start?: Record<string, unknown> }) {
  const [value, setValue] = useState<Record<string, unknown>>(start);
  return (
    <>
      <SchemaForm
        schema={schema}
        value={value}
        onChange={setValue}
        errors={validate(schema, value)}
      />
      <output>{JSON.stringify(value)}</output>
    </>
  );
}

const shown = () => JSON.parse(screen.getByRole("status").textContent ?? "") as unknown;

describe("SchemaForm", () => {
  it("edits values of the right type", async () => {
    const user = userEvent.setup();
    renderUi(<Harness />);
    await user.clear(screen.getByLabelText("Epochs"));
    await user.type(screen.getByLabelText("Epochs"), "12");
    await user.click(screen.getByLabelText("Mosaic"));
    expect(shown()).toEqual({ epochs: 12, optimizer: "adamw", mosaic: false, momentum: 0.9 });
    expect(screen.getByText("Passes over the data.")).toBeInTheDocument();
  });

  it("keeps advanced options folded until asked for", async () => {
    const user = userEvent.setup();
    renderUi(<Harness />);
    expect(screen.queryByLabelText("Momentum")).toBeNull();
    await user.click(screen.getByRole("button", { name: /Advanced/ }));
    expect(screen.getByLabelText("Momentum")).toBeInTheDocument();
  });

  it("unfolds the advanced options when one of them is wrong", () => {
    renderUi(<Harness start={{ ...defaultsOf(schema), momentum: 2 }} />);
    expect(screen.getByText("Must be at most 1.")).toBeInTheDocument();
  });

  it("shows a server message about an option it does not know", () => {
    renderUi(
      <SchemaForm
        schema={schema}
        value={{}}
        onChange={() => {}}
        errors={{ device: "No such device." }}
      />,
    );
    expect(screen.getByText("No such device.")).toBeInTheDocument();
  });

  it("leaves out what only means something on the other side", () => {
    const sided: JsonSchema = {
      properties: {
        prefix: { type: "string", default: "", "x-side": "write" },
        separator: { type: "string", default: "", "x-side": "read" },
        task: { type: "string", default: "" },
      },
    };
    renderUi(<SchemaForm schema={sided} value={{}} onChange={() => undefined} side="read" />);
    expect(screen.queryByLabelText("Prefix")).toBeNull();
    expect(screen.getByLabelText("Separator")).toBeVisible();
    expect(screen.getByLabelText("Task")).toBeVisible();
  });
});
