import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer } from "@/testing/server";

const version = (number: number, patch: Record<string, unknown> = {}) => ({
  id: `v${number}`,
  project: "p1",
  number,
  name: `state ${number}`,
  notes: "",
  hash: "f00".repeat(21),
  parameters: {},
  labels: [{ id: 1, name: "cat", color: "#ff0000" }],
  counts: {
    images: 10,
    annotations: 20,
    splits: { train: 6, val: 2, test: 2 },
    labels: { cat: 20 },
  },
  created_at: "2026-11-20T10:00:00Z",
  ...patch,
});

const SPLITS = {
  counts: { none: 8, train: 0, val: 0, test: 2 },
  test_locked: false,
  fields: [{ field: "metadata:site", values: { north: 5, south: 5 }, more: false }],
};

const PREVIEW = {
  images: 10,
  splits: { train: 8, val: 2, test: 0 },
  annotations: { train: 15, val: 5, test: 0 },
  labels: [{ id: 1, name: "cat", color: "#ff0000", train: 15, val: 0, test: 0 }],
  groups: 1,
  fixed: 0,
  held_out_kept: false,
  test_locked: false,
  warnings: [{ code: "w", n: 2, text: "2 images leak.", samples: ["a.jpg", "b.jpg"] }],
};

function start(address: string, role: "manager" | "viewer" = "manager", versions = [version(1)]) {
  const server = fakeServer({
    "GET /session": session(),
    "GET /projects": page(project({ role })),
    "GET /projects/p1": project({ role }),
    "GET /projects/p1/jobs": page(),
    "GET /projects/p1/runs": page(),
    "GET /projects/p1/versions": page(...versions),
    "GET /projects/p1/splits": SPLITS,
    "POST /projects/p1/splits/lock": { ...SPLITS, test_locked: true },
    "POST /projects/p1/versions/preview": PREVIEW,
    "POST /projects/p1/versions": version(2),
    "GET /versions/v1": version(1),
    "GET /versions/v1/integrity": {
      ok: false,
      hash: "x",
      expected: "y",
      images: 10,
      missing_images: 0,
      error: "The manifest was changed after it was frozen.",
    },
    "PATCH /versions/v1": version(1, { notes: "better" }),
  });
  return { server, app: renderApp(address), user: userEvent.setup() };
}

describe("versions", () => {
  it("are frozen after a preview, with the rule that was chosen", async () => {
    const { server, user } = start("/projects/p1/versions");
    await user.click(await screen.findByRole("button", { name: "Freeze a version" }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText("10 labelled images")).toBeInTheDocument();
    expect(within(dialog).getByText(/2 images leak\./)).toBeInTheDocument();
    await user.type(within(dialog).getByLabelText("Name"), "second");
    await user.click(within(dialog).getByText("What stays together"));
    await user.click(
      await within(dialog).findByRole("switch", { name: "Near-duplicates stay on one side" }),
    );
    await user.click(within(dialog).getByRole("button", { name: "Freeze" }));
    expect(await screen.findByText("Version 2 is frozen.")).toBeInTheDocument();
    expect(server.body("POST /projects/p1/versions")).toEqual({
      name: "second",
      notes: "",
      seed: 0,
      stratify: true,
      near_duplicates: false,
      keep_fixed: true,
      together: "",
      assign_by: "",
      assign: {},
      fractions: { train: 0.8, val: 0.2, test: 0 },
      refresh_held_out: false,
    });
  });

  it("lock the test set of the newest", async () => {
    const { server, user } = start("/projects/p1/versions");
    await user.click(await screen.findByRole("button", { name: "Lock the set of v1" }));
    expect(await screen.findByText("The test set is locked.")).toBeInTheDocument();
    expect(server.body("POST /projects/p1/splits/lock")).toEqual({ locked: true, version: "v1" });
  });

  it("say what to do when there is none, and offer nothing to viewers", async () => {
    start("/projects/p1/versions", "viewer", []);
    expect(await screen.findByText("No version yet")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Freeze a version" })).not.toBeInTheDocument();
  });

  it("show that their manifest was changed, and keep notes", async () => {
    const { server, user } = start("/projects/p1/versions/v1");
    expect(
      await screen.findByText("The manifest was changed after it was frozen."),
    ).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Edit" }));
    await user.type(screen.getByLabelText("Notes"), "better");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("better")).toBeInTheDocument();
    expect(server.body("PATCH /versions/v1")).toEqual({ name: "state 1", notes: "better" });
  });
});
