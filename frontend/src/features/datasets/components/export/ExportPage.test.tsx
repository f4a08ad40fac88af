import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer } from "@/testing/server";

const plugin = (name: string, title: string) => ({
  family: "formats",
  name,
  title,
  description: `${title} files`,
  state: "ok",
  error: "",
  origin: "marquee",
  version: "",
  target: "",
  traits: { can_write: true },
  options_schema: { type: "object", properties: {} },
});

const job = (id: string, patch: Record<string, unknown>) => ({
  id,
  project: "p1",
  kind: "export",
  state: "done",
  done: 1,
  total: 1,
  message: "",
  parameters: {},
  result: {},
  error: "",
  created_by: null,
  created_at: "2026-11-20T10:00:00Z",
  started_at: null,
  ended_at: "2026-11-20T10:00:01Z",
  ...patch,
});

const LOOK = job("look", {
  parameters: { dry_run: true },
  result: {
    dry_run: true,
    counts: {
      images: 12,
      annotations: 30,
      without_annotations: 1,
      by_type: { box: 28, rotated_box: 2 },
      by_split: { train: 9, val: 3 },
    },
    estimate: { bytes: 5_000_000, pictures: 4_000_000, annotations: 1_000_000 },
    lossy: [
      { code: "a", count: 2, text: "2 rotated boxes become boxes." },
      { code: "b", count: 7, text: "7 objects lose their attributes." },
    ],
    issues: [],
    warnings: [],
  },
});

const DONE = job("done", {
  parameters: { format: "coco" },
  result: {
    name: "cells-coco.zip",
    bytes: 1_000_000,
    counts: { images: 12 },
    sha256: "abcdef123456789",
  },
});

function start(address = "/projects/p1/export", role: "manager" | "viewer" = "manager") {
  const server = fakeServer({
    "GET /session": session(),
    "GET /projects": page(project({ role })),
    "GET /projects/p1": project({ role }),
    "GET /projects/p1/labels": { schema_revision: 1, labels: [] },
    "GET /projects/p1/jobs": page(LOOK, DONE),
    "GET /projects/p1/runs": page(),
    "GET /projects/p1/versions": page(),
    "GET /projects/p1/splits": {
      counts: { none: 8, train: 0, val: 0, test: 2 },
      test_locked: false,
      fields: [],
    },
    "GET /plugins": page(plugin("coco", "COCO"), plugin("yolo", "YOLO")),
    "POST /projects/p1/exports": LOOK,
    "GET /jobs/look": LOOK,
  });
  return { server, app: renderApp(address), user: userEvent.setup() };
}

describe("exporting", () => {
  it("looks first, says what would be lost, then writes the same", async () => {
    const { server, user } = start();
    await user.click(await screen.findByRole("radio", { name: /^YOLO/ }));
    await user.click(screen.getByText("Divide anew"));
    await user.click(screen.getByRole("button", { name: "Look what would be lost" }));
    const losses = await screen.findByRole("region", { name: "What would be lost" });
    expect(within(losses).getByText("9 losses")).toBeInTheDocument();
    expect(
      within(losses)
        .getAllByRole("listitem")
        .map((one) => one.textContent),
    ).toEqual(["7objects lose their attributes.", "2rotated boxes become boxes."]);
    expect(
      screen.getByText("28 boxes, 2 rotated boxes; 1 image without objects"),
    ).toBeInTheDocument();
    const looked = server.body("POST /projects/p1/exports");
    await user.click(screen.getByRole("button", { name: "Export YOLO" }));
    expect(
      await screen.findByText("The export has started; it appears below."),
    ).toBeInTheDocument();
    expect(server.body("POST /projects/p1/exports")).toEqual({
      ...(looked as Record<string, unknown>),
      dry_run: false,
    });
    expect(looked).toMatchObject({ format: "yolo", dry_run: true, split: { keep_fixed: false } });
  });

  it("asks for a new look when something was changed", async () => {
    const { user } = start();
    await user.click(await screen.findByRole("button", { name: "Look what would be lost" }));
    expect(await screen.findByRole("region", { name: "What would be lost" })).toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "All images, labelled or not" }));
    expect(screen.queryByRole("region", { name: "What would be lost" })).not.toBeInTheDocument();
    expect(screen.getByText("Something was changed since the last look.")).toBeInTheDocument();
  });

  it("begins with the view somebody came from, and lists only what was written", async () => {
    start("/projects/p1/export?search=night&min_score=0.5");
    expect(await screen.findByLabelText("Part of the name")).toHaveValue("night");
    expect(screen.getByText(/Also filtered by min score/)).toBeInTheDocument();
    expect(await screen.findByText("cells-coco.zip")).toBeInTheDocument();
    expect(screen.getAllByRole("link", { name: "Download" })).toHaveLength(1);
  });

  it("lets the format be chosen by arrow keys", async () => {
    const { user } = start();
    const coco = await screen.findByRole("radio", { name: /^COCO/ });
    coco.focus();
    await user.keyboard("{ArrowRight}");
    const yolo = screen.getByRole("radio", { name: /^YOLO/ });
    expect(yolo).toBeChecked();
    expect(yolo).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    expect(coco).toBeChecked();
    await user.keyboard("{ArrowUp}");
    expect(yolo).toBeChecked();
  });

  it("is not offered to viewers", async () => {
    start("/projects/p1/export", "viewer");
    expect(await screen.findByText(/made by reviewers and managers/)).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Download" })).not.toBeInTheDocument();
  });
});
