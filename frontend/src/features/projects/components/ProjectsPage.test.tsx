import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { Session } from "@/api/types";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer } from "@/testing/server";

beforeEach(() => window.localStorage.clear());

function byLink(): Session {
  const usual = session();
  return { ...usual, user: usual.user && { ...usual.user, needs_old_password: false } };
}

describe("projects", () => {
  it("offers the demo and a new project to who has none", async () => {
    const user = userEvent.setup();
    const server = fakeServer({
      "GET /session": session({ setup: { demo_available: true } }),
      "GET /projects": page(),
      "POST /projects/demo": { project: "p1", job: "j1" },
      "GET /projects/p1": project({ name: "Demo: garden pond" }),
    });
    const app = renderApp("/projects");
    await user.click(await screen.findByRole("button", { name: "Open the demo project" }));
    await expect.poll(() => app.address()).toBe("/projects/p1");
    expect(server.requests).toContain("POST /projects/demo");
  });

  it("makes a project in three steps", async () => {
    const user = userEvent.setup();
    const server = fakeServer({
      "GET /session": session(),
      "GET /projects": page(project()),
      "POST /projects": project({ id: "p2", name: "Cracks" }),
      "GET /projects/p2": project({ id: "p2", name: "Cracks" }),
    });
    const app = renderApp("/projects?new=true");
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Cracks");
    await user.click(screen.getByRole("radio", { name: /^Segmentation/ }));
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.type(await screen.findByRole("textbox", { name: "Classes" }), "crack{Enter}joint");
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.click(await screen.findByRole("button", { name: "Create project" }));
    await expect.poll(() => app.address()).toBe("/projects/p2");
    expect(server.body("POST /projects")).toEqual({
      name: "Cracks",
      description: "",
      task: "segment",
      labels: [
        { name: "crack", color: "#f6494d", hotkey: "1" },
        { name: "joint", color: "#64c9fd", hotkey: "2" },
      ],
    });
  });

  it("asks who came by a link to set a password, until the line is closed", async () => {
    const user = userEvent.setup();
    fakeServer({ "GET /session": byLink(), "GET /projects": page(project()) });
    renderApp("/projects");
    expect(await screen.findByRole("link", { name: "Set a password" })).toHaveAttribute(
      "href",
      "/account",
    );
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("link", { name: "Set a password" })).toBeNull();
  });
});
