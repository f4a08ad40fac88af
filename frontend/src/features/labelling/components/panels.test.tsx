import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import {
  happens,
  label,
  makeWorkbench,
  renderInWorkbench,
  wireBox,
  wirePrediction,
} from "../testing";
import { AttributesPanel } from "./AttributesPanel";
import { ClassesPanel } from "./ClassesPanel";
import { ClassPalette } from "./ClassPalette";
import { SuggestionsPanel } from "./SuggestionsPanel";
import { TagsPanel } from "./TagsPanel";

const user = userEvent.setup();

describe("ClassesPanel", () => {
  it("chooses the class that is drawn next, and relabels what is selected", async () => {
    const { workbench } = await makeWorkbench({ annotations: [wireBox("a")] });
    const { editor } = workbench;
    renderInWorkbench(workbench, <ClassesPanel />);
    await user.click(screen.getByRole("button", { name: /^\d? ?bus/ }));
    expect(editor.getSnapshot().activeLabel).toBe(2);
    happens(() => editor.select(["a"]));
    await user.click(screen.getByRole("button", { name: /^\d? ?bicycle/ }));
    expect(editor.shape("a")?.label).toBe(3);
    expect(editor.getSnapshot().activeLabel).toBe(2);
  });

  it("counts the objects of a class and hides them", async () => {
    const { workbench } = await makeWorkbench({ annotations: [wireBox("a"), wireBox("b")] });
    renderInWorkbench(workbench, <ClassesPanel />);
    expect(screen.getByRole("button", { name: "1 car 2 here" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Hide car" }));
    expect([...workbench.editor.getSnapshot().visibility.hiddenLabels]).toEqual([1]);
    await user.click(screen.getByRole("button", { name: "Show car" }));
    expect(workbench.editor.getSnapshot().visibility.hiddenLabels.size).toBe(0);
  });
});

describe("ClassPalette", () => {
  it("finds a class by its first letters and gives it to the selection", async () => {
    const { workbench } = await makeWorkbench({ annotations: [wireBox("a")] });
    workbench.editor.select(["a"]);
    renderInWorkbench(workbench, <ClassPalette at={{ x: 10, y: 10 }} onClose={() => undefined} />);
    await user.keyboard("bic{Enter}");
    expect(workbench.editor.shape("a")?.label).toBe(3);
  });
});

describe("TagsPanel", () => {
  it("gives an image of a classification project one class, as one step of undo", async () => {
    const { workbench } = await makeWorkbench({ task: "classify" });
    const { editor } = workbench;
    const given = () => editor.getSnapshot().shapes.map((shape) => shape.label);
    renderInWorkbench(workbench, <TagsPanel big />);
    await user.click(screen.getByRole("button", { name: /^\d? ?car/ }));
    await user.click(screen.getByRole("button", { name: /^\d? ?bus/ }));
    expect(given()).toEqual([2]);
    expect(screen.getByRole("button", { pressed: true })).toHaveTextContent("bus");
    happens(() => editor.undo());
    expect(given()).toEqual([1]);
    await user.click(screen.getByRole("button", { name: /^\d? ?car/ }));
    expect(given()).toEqual([]);
  });
});

describe("SuggestionsPanel", () => {
  const predictions = [
    wirePrediction("p", 0.9),
    wirePrediction("q", 0.6, 90),
    wirePrediction("r", 0.1, 130),
  ];

  it("says how many are shown and hidden, and follows the confidence", async () => {
    const { workbench } = await makeWorkbench({ predictions });
    workbench.editor.setThreshold(0.5);
    renderInWorkbench(workbench, <SuggestionsPanel />);
    expect(screen.getByText("2 shown · 1 hidden")).toBeInTheDocument();
    happens(() => workbench.editor.setThreshold(0.7));
    expect(screen.getByText("1 shown · 2 hidden")).toBeInTheDocument();
  });

  it("accepts what is shown and rejects what is hidden, and counts both", async () => {
    const { workbench } = await makeWorkbench({ predictions });
    workbench.editor.setThreshold(0.5);
    renderInWorkbench(workbench, <SuggestionsPanel />);
    await user.click(screen.getByRole("button", { name: "Accept 2" }));
    await user.click(screen.getByRole("button", { name: "Reject 1 hidden" }));
    expect(screen.getByText("2 accepted · 0 edited · 1 rejected")).toBeInTheDocument();
    happens(() => {
      workbench.editor.undo();
      workbench.editor.undo();
    });
    expect(screen.getByText("0 accepted · 0 edited · 0 rejected")).toBeInTheDocument();
  });

  it("is not there when no model has predicted", async () => {
    const { workbench, api } = await makeWorkbench();
    api.suggestions = async () => ({ model: null, predictions: [] });
    await workbench.session.openImage("image");
    const { container } = renderInWorkbench(workbench, <SuggestionsPanel />);
    expect(within(container).queryByText("Suggestions")).toBeNull();
  });
});

describe("AttributesPanel", () => {
  const attribute = { values: [], default: null, required: false };
  const labels = [
    label(1, "car", {
      attributes: [
        { ...attribute, name: "note", type: "text" },
        { ...attribute, name: "parked", type: "checkbox" },
      ],
    }),
  ];

  it("shows the attributes of the one selected object; a text is one change", async () => {
    const { workbench } = await makeWorkbench({
      labels,
      annotations: [wireBox("a", { attributes: { note: "red" } }), wireBox("b")],
    });
    const { editor } = workbench;
    renderInWorkbench(workbench, <AttributesPanel />);
    expect(screen.queryByLabelText("note")).toBeNull();
    happens(() => editor.select(["a"]));
    expect(screen.getByLabelText("note")).toHaveValue("red");
    await user.type(screen.getByLabelText("note"), " van");
    expect(editor.shape("a")?.attributes).toEqual({ note: "red" });
    await user.click(screen.getByLabelText("parked"));
    expect(editor.shape("a")?.attributes).toEqual({ note: "red van", parked: true });
    happens(() => editor.select(["a", "b"]));
    expect(screen.queryByLabelText("note")).toBeNull();
  });
});
