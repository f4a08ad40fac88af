import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { useSaving } from "../hooks/use-saving";
import type { Workbench } from "../hooks/workbench";
import { makeWorkbench, renderInWorkbench, wireBox } from "../testing";
import { ConflictDialog } from "./ConflictDialog";
import { SaveChip } from "./SaveChip";

const user = userEvent.setup();

function Saving({ workbench }: { readonly workbench: Workbench }) {
  useSaving(workbench.editor, workbench.saver);
  return (
    <>
      <SaveChip onConflicts={() => undefined} />
      <ConflictDialog opened onClose={() => undefined} />
    </>
  );
}

async function edited() {
  const made = await makeWorkbench({ annotations: [wireBox("a")] });
  const { workbench } = made;
  renderInWorkbench(workbench, <Saving workbench={workbench} />);
  const relabel = (to: number) =>
    act(async () => {
      workbench.editor.select(["a"]);
      workbench.editor.relabelSelection(to);
      await workbench.saver.flush();
    });
  return { ...made, relabel };
}

describe("saving", () => {
  it("tells the server what happened on the canvas and the canvas what the server made of it", async () => {
    const { workbench, server, relabel } = await edited();
    await relabel(2);
    expect(screen.getByRole("status")).toHaveTextContent("Saved");
    expect(server.rows.get("a")).toMatchObject({ label: 2, revision: 2 });
    expect(workbench.editor.shape("a")?.revision).toBe(2);
  });

  it("shows what the server refused, and sends it again on demand", async () => {
    const { server, relabel } = await edited();
    server.archived.add(3);
    await relabel(3);
    expect(screen.getByRole("status")).toHaveTextContent("1 change refused");
    await user.click(screen.getByRole("button", { name: /1 change refused/ }));
    expect(await screen.findByText("This class was archived.")).toBeVisible();
    server.archived.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await vi.waitFor(() => expect(server.rows.get("a")?.label).toBe(3));
  });

  it("asks which version stays, and shows theirs on the canvas when it is theirs", async () => {
    const { workbench, server, relabel } = await edited();
    server.change("a", { label: 2 });
    await relabel(3);
    expect(screen.getByText("Class: bicycle here, bus there")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Keep theirs" }));
    expect(workbench.editor.shape("a")).toMatchObject({ label: 2, revision: 2 });
    expect(screen.getByText("Saved")).toBeInTheDocument();
  });

  it("keeps both when asked to", async () => {
    const { workbench, server, relabel } = await edited();
    server.change("a", { label: 2 });
    await relabel(3);
    await user.click(screen.getByRole("button", { name: "Keep both" }));
    await act(async () => void (await workbench.saver.flush()));
    const here = workbench.editor.getSnapshot().shapes.map(({ label }) => label);
    expect(here.sort()).toEqual([2, 3]);
    expect(
      server
        .shapes()
        .map(({ label }) => label)
        .sort(),
    ).toEqual([2, 3]);
  });
});
