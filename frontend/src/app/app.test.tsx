import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer, Refusal } from "@/testing/server";

const SIGNED_OUT = session({ user: null });

describe("the door", () => {
  it("sends strangers to the sign-in page, and back to where they wanted to go", async () => {
    const user = userEvent.setup();
    const server = fakeServer({
      "GET /session": SIGNED_OUT,
      "POST /session": session(),
      "GET /projects": page(project()),
      "GET /plugins": page(),
    });
    const app = renderApp("/plugins");
    await user.type(await screen.findByLabelText("User name"), "mara");
    await user.type(screen.getByLabelText("Password"), "correct horse");
    server.set("GET /session", session());
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("heading", { name: "Plugins" })).toBeInTheDocument();
    expect(app.address()).toBe("/plugins");
    expect(server.body("POST /session")).toEqual({ username: "mara", password: "correct horse" });
  });

  it("says why a sign-in was refused", async () => {
    const user = userEvent.setup();
    fakeServer({
      "GET /session": SIGNED_OUT,
      "POST /session": new Refusal(401, "sign_in_failed", "User name and password do not match."),
    });
    renderApp("/sign-in");
    await user.type(await screen.findByLabelText("User name"), "mara");
    await user.type(screen.getByLabelText("Password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "User name and password do not match.",
    );
  });
});

describe("a session that ends", () => {
  it("asks for the password in place and goes on", async () => {
    const user = userEvent.setup();
    const server = fakeServer({
      "GET /session": session(),
      "POST /session": session(),
      "GET /projects": page(project()),
      "GET /tokens": page(),
      "POST /tokens": new Refusal(401, "not_authenticated", "You are signed out."),
    });
    renderApp("/tokens");
    await user.click(
      (await screen.findAllByRole("button", { name: "New token" }))[0] as HTMLElement,
    );
    await user.type(await screen.findByRole("textbox", { name: /Name/ }), "nightly import");
    await user.click(screen.getByRole("button", { name: "Make the token" }));
    const dialog = await screen.findByRole("dialog", { name: "Your session ended" });
    await user.type(within(dialog).getByLabelText("Password"), "again");
    await user.click(within(dialog).getByRole("button", { name: "Sign in" }));
    await expect
      .poll(() => screen.queryByRole("dialog", { name: "Your session ended" }))
      .toBeNull();
    expect(server.body("POST /session")).toEqual({ username: "mara", password: "again" });
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveValue("nightly import");
  });
});

describe("addresses", () => {
  it("says so when a project does not exist", async () => {
    fakeServer({ "GET /session": session(), "GET /projects": page() });
    renderApp("/projects/nowhere");
    expect(
      await screen.findByRole("heading", { name: "There is nothing here" }),
    ).toBeInTheDocument();
  });

  it("keeps administration out of sight of others", async () => {
    fakeServer({ "GET /session": session(), "GET /projects": page() });
    renderApp("/projects");
    expect(await screen.findByRole("link", { name: "Plugins" })).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Audit log" })).toBeNull();
  });
});
