import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Label } from "@/api/types";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer, Refusal } from "@/testing/server";

const label = (id: number, name: string, count = 0): Label => ({
  id,
  name,
  color: "#f6494d",
  hotkey: String(id),
  parent: null,
  position: id,
  attributes: [],
  archived: false,
  count,
});

function start(role: "manager" | "viewer") {
  const server = fakeServer({
    "GET /session": session(),
    "GET /projects": page(project({ role })),
    "GET /projects/p1": project({ role }),
    "GET /projects/p1/jobs": page(),
    "GET /projects/p1/runs": page(),
    "GET /projects/p1/labels": {
      schema_revision: 4,
      labels: [label(1, "car", 7), label(2, "bird")],
    },
    "PUT /projects/p1/labels": (body: unknown) => ({
      schema_revision: 5,
      labels: (body as { labels: Label[] }).labels.map((one, index) => ({
        ...label(index + 1, one.name),
      })),
    }),
  });
  renderApp("/projects/p1/settings/labels");
  return { server, user: userEvent.setup() };
}

const names = () =>
  screen.getAllByRole<HTMLInputElement>("textbox", { name: "Name" }).map((input) => input.value);

describe("the class editor", () => {
  it("sends the whole list with the revision it was made on", async () => {
    const { server, user } = start("manager");
    await user.click(await screen.findByRole("button", { name: "Add a class" }));
    await user.keyboard("bus");
    await user.click(screen.getByRole("button", { name: "Save classes" }));
    expect(await screen.findByText("Classes saved.")).toBeInTheDocument();
    expect(server.body("PUT /projects/p1/labels")).toMatchObject({
      schema_revision: 4,
      labels: [
        { id: 1, name: "car", position: 0 },
        { id: 2, name: "bird", position: 1 },
        { name: "bus", hotkey: "3", position: 2 },
      ],
    });
    expect(screen.queryByText("Unsaved changes")).toBeNull();
  });

  it("does not let two classes have one name", async () => {
    const { user } = start("manager");
    const inputs = await screen.findAllByRole("textbox", { name: "Name" });
    await user.clear(inputs[1] as HTMLElement);
    await user.type(inputs[1] as HTMLElement, "Car");
    expect(screen.getByText("There is a class of this name already.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Save classes" })).toBeDisabled();
  });

  it("keeps the changes when somebody else was faster, and says so", async () => {
    const { server, user } = start("manager");
    server.set(
      "PUT /projects/p1/labels",
      new Refusal(409, "conflict", "Somebody else changed the labels."),
    );
    await user.click(await screen.findByRole("button", { name: "Add a class" }));
    await user.keyboard("bus");
    await user.click(screen.getByRole("button", { name: "Save classes" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Somebody else changed the labels.");
    expect(names()).toEqual(["car", "bird", "bus"]);
  });

  it("moves classes by keyboard", async () => {
    const { user } = start("manager");
    const grip = await screen.findByRole("button", { name: /^Move bird/ });
    grip.focus();
    await user.keyboard("{ArrowUp}");
    expect(names()).toEqual(["bird", "car"]);
  });

  it("offers to archive, not to remove, what is in use", async () => {
    const { user } = start("manager");
    await user.click(await screen.findByRole("button", { name: "More for car" }));
    const menu = await screen.findByRole("menu");
    expect(within(menu).getByRole("menuitem", { name: /^Archive/ })).toBeInTheDocument();
    expect(within(menu).queryByRole("menuitem", { name: "Remove" })).toBeNull();
  });

  it("is for reading only without the right", async () => {
    start("viewer");
    expect(await screen.findAllByRole("textbox", { name: "Name" })).toHaveLength(2);
    expect(screen.queryByRole("button", { name: "Add a class" })).toBeNull();
    expect(screen.getAllByRole("textbox", { name: "Name" })[0]).toHaveAttribute("readonly");
  });
});
