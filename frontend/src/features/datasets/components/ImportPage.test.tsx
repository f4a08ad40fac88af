import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { renderApp } from "@/testing/app";
import { page, project, session } from "@/testing/samples";
import { fakeServer, Refusal } from "@/testing/server";
import { remember, START } from "../lib/import-state";

const label = (source: string, n: number, more: object = {}) => ({
  source,
  id: null,
  n,
  action: "create",
  target: null,
  name: source,
  color: "",
  why: "new",
  similar: [],
  ...more,
});

const REPORT = {
  name: "pond.zip",
  format: "yolo",
  confidence: 0.95,
  reasons: ["data.yaml names classes."],
  candidates: [
    { format: "yolo", title: "YOLO", confidence: 0.95, reasons: ["data.yaml names classes."] },
    { format: "csv", title: "CSV", confidence: 0.2, reasons: ["There is a table."] },
  ],
  options: {},
  counts: {
    images: 12,
    new: 9,
    matched: 2,
    without_file: 1,
    annotations: 40,
    without_annotations: 3,
    by_type: { box: 40 },
    by_split: { train: 12 },
  },
  examples: { new: [{ name: "train/a.jpg" }], matched: [{ name: "train/b.jpg", as: "b.jpg" }] },
  estimate: { rows: 52, bytes: 1000 },
  labels: [
    label("cat", 20, { action: "use", target: 7, why: "case" }),
    label("dog", 15),
    label("dgo", 5),
    label("unused", 0),
  ],
  issues: [
    {
      code: "unknown_category_id",
      severity: "error",
      n: 30,
      samples: [{ file: "labels/a.txt", where: "line 3", text: "Class 77 has no name." }],
    },
  ],
  dry_run: true,
  mode: "add",
  token: "t0k3n",
};

const job = (id: string, more: object = {}) => ({
  id,
  project: "p1",
  kind: "import",
  state: "done",
  done: 12,
  total: 12,
  message: "",
  parameters: { dry_run: true, upload: "u1", path: null },
  result: REPORT,
  error: "",
  created_by: null,
  created_at: "2026-11-21T10:00:00Z",
  started_at: null,
  ended_at: null,
  ...more,
});

const formats = ["yolo", "voc"].map((name) => ({
  family: "formats",
  name,
  title: name.toUpperCase(),
  description: "",
  state: "ok",
  traits: {},
  options_schema: { type: "object", properties: {} },
}));

function start(
  routes: Record<string, unknown> = {},
  state: object = { look: "j1", step: "found" },
) {
  remember("p1", { ...START, source: { kind: "upload", id: "u1", name: "pond.zip" }, ...state });
  const server = fakeServer({
    "GET /session": session(),
    "GET /projects": page(project({ role: "manager" })),
    "GET /projects/p1": project({ role: "manager" }),
    "GET /projects/p1/labels": {
      schema_revision: 1,
      labels: [{ id: 7, name: "Cat", color: "#f6494d", archived: false, attributes: [] }],
    },
    "GET /projects/p1/jobs": page(job("j1")),
    "GET /projects/p1/runs": page(),
    "GET /plugins": page(...formats),
    "GET /jobs/j1": job("j1"),
    "GET /jobs/j1/report": REPORT,
    ...routes,
  });
  return { server, app: renderApp("/projects/p1/import"), user: userEvent.setup() };
}

afterEach(() => window.sessionStorage.clear());

describe("what was found", () => {
  it("is shown with the format's reasons, and issues open to file and line", async () => {
    const { user } = start();
    expect(await screen.findByText(/95 % sure/)).toBeInTheDocument();
    expect(screen.getByText(/30 records cannot be used/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /Objects of a class/ }));
    expect(screen.getByText("labels/a.txt · line 3")).toBeInTheDocument();
    expect(screen.getByText(/29 more/)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "CSV" })).toHaveAttribute(
      "href",
      "/api/v1/imports/j1/report?kind=csv",
    );
  });

  it("is looked at again with another format", async () => {
    const { user, server } = start({ "POST /projects/p1/imports": job("j2") });
    await user.click(await screen.findByRole("combobox", { name: "Format" }));
    await user.click(await screen.findByRole("option", { name: "VOC" }));
    await user.click(screen.getByRole("button", { name: "Look again" }));
    await expect
      .poll(() => server.body("POST /projects/p1/imports"))
      .toMatchObject({ upload: "u1", format: "voc", dry_run: true });
  });

  it("offers the candidates when no format was sure", async () => {
    const failure = {
      code: "invalid",
      detail: "Not recognised.",
      fields: { candidates: REPORT.candidates },
    };
    start({
      "GET /jobs/j1": job("j1", { state: "failed", error: "Not recognised.", result: { failure } }),
    });
    expect(await screen.findByText("Not recognised.")).toBeInTheDocument();
    expect(await screen.findByRole("button", { name: /CSV/ })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Look again" })).toBeEnabled();
  });
});

describe("the meaning of classes", () => {
  const mapping = async () => {
    const one = start({ "POST /projects/p1/imports": job("j2") }, { look: "j1", step: "labels" });
    await screen.findByText("differs in case or spaces");
    return one;
  };
  const choiceOf = (name: string) =>
    screen.getByRole("button", { name: new RegExp(`^What ${name} becomes`) });

  it("is proposed, changed by key, and taken back", async () => {
    const { user } = await mapping();
    expect(choiceOf("cat")).toHaveTextContent("Cat");
    expect(choiceOf("dog")).toHaveTextContent("New class “dog”");
    screen.getByRole("checkbox", { name: "Choose cat" }).focus();
    await user.keyboard("{ArrowDown}i");
    expect(choiceOf("dog")).toHaveTextContent("Ignore");
    await user.keyboard("c");
    expect(choiceOf("dog")).toHaveTextContent("New class “dog”");
    await user.keyboard("i");
    await user.click(screen.getByRole("button", { name: "Take the change of dog back" }));
    expect(choiceOf("dog")).toHaveTextContent("New class “dog”");
  });

  it("is set for several at once, and goes out with the import", async () => {
    const { user, server } = await mapping();
    await user.click(screen.getByRole("button", { name: "Ignore 1 class without objects" }));
    await user.click(screen.getByRole("checkbox", { name: "Choose dog" }));
    await user.click(screen.getByRole("checkbox", { name: "Choose dgo" }));
    const bar = within(screen.getByRole("toolbar", { name: "Chosen classes" }));
    await user.click(bar.getByRole("button", { name: /Merge into new/ }));
    expect(choiceOf("dgo")).toHaveTextContent("Merge into new “dog”");
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("radio", { name: /Replace/ }));
    await user.click(screen.getByRole("button", { name: "Import" }));
    await expect
      .poll(() => server.body("POST /projects/p1/imports"))
      .toMatchObject({
        token: "t0k3n",
        dry_run: false,
        mode: "replace",
        labels: { cat: 7, unused: "ignore" },
      });
    const { labels } = server.body("POST /projects/p1/imports") as {
      labels: Record<string, { name: string; color: string }>;
    };
    expect(labels["dog"]).toEqual(labels["dgo"]);
    expect(labels["dog"]?.name).toBe("dog");
  });

  it("is chosen from a list", async () => {
    const { user } = await mapping();
    await user.click(choiceOf("dog"));
    await user.click(await screen.findByRole("option", { name: "Cat" }));
    expect(choiceOf("dog")).toHaveTextContent("Cat");
    expect(screen.getByText("changed by you")).toBeInTheDocument();
  });

  it("is kept when one goes back and forth", async () => {
    const { user } = await mapping();
    screen.getByRole("checkbox", { name: "Choose dog" }).focus();
    await user.keyboard("i");
    await user.click(screen.getByRole("button", { name: "What is in them" }));
    expect(await screen.findByText(/95 % sure/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Classes" }));
    expect(choiceOf("dog")).toHaveTextContent("Ignore");
  });
});

describe("the import", () => {
  it("asks for another look when the files have changed", async () => {
    const sentence = "The files have changed since you looked at them; nothing was imported.";
    const { user } = start(
      { "POST /projects/p1/imports": new Refusal(409, "conflict", sentence) },
      { look: "j1", step: "mode" },
    );
    await user.click(await screen.findByRole("button", { name: "Import" }));
    expect(await screen.findByText(sentence)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Look again" }));
    expect(await screen.findByText(/95 % sure/)).toBeInTheDocument();
  });

  it("is cancelled in one of two ways", async () => {
    const running = job("j2", {
      state: "running",
      parameters: { dry_run: false },
      message: "Importing",
      done: 3,
    });
    const undo = job("j3", { state: "queued", parameters: { undo: "j2" } });
    const { user, server } = start(
      { "GET /jobs/j2": running, "POST /imports/j2/undo": undo, "GET /jobs/j3": undo },
      { look: "j1", step: "report", commit: "j2" },
    );
    expect(await screen.findByText("Importing · 3 of 12")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await user.click(await screen.findByRole("button", { name: "Stop and take it back" }));
    expect(await screen.findByText("Taking the import back")).toBeInTheDocument();
    expect(server.requests).toContain("POST /imports/j2/undo");
  });

  it("goes on after it stopped", async () => {
    const stopped = job("j2", {
      state: "failed",
      parameters: { dry_run: false },
      error: "Disk full.",
    });
    const { user, server } = start(
      { "GET /jobs/j2": stopped, "POST /imports/j2/resume": { ...stopped, state: "queued" } },
      { look: "j1", step: "report", commit: "j2" },
    );
    expect(await screen.findByText("Disk full.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await expect.poll(() => server.requests).toContain("POST /imports/j2/resume");
  });
});
