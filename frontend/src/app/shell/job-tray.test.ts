import { describe, expect, it } from "vitest";
import type { Job, RunSummary } from "@/api/types";
import { trayEntries } from "./job-tray";

const job = (patch: Partial<Job>): Job => ({
  id: "j",
  project: "p1",
  parameters: {},
  started_at: null,
  kind: "export",
  state: "done",
  done: 0,
  total: null,
  message: "",
  result: {},
  error: "",
  created_by: null,
  created_at: "2026-11-21T10:00:00Z",
  ended_at: null,
  ...patch,
});

const run = (patch: Partial<RunSummary>): RunSummary => ({
  id: "r",
  project: "p1",
  kind: "train",
  name: "",
  state: "running",
  progress: 0.5,
  status: {},
  created_at: "2026-11-21T09:00:00Z",
  ...patch,
});

describe("trayEntries", () => {
  it("puts running work first, then the newest", () => {
    const entries = trayEntries(
      [
        job({ id: "old", ended_at: "2026-11-21T10:01:00Z" }),
        job({ id: "new", ended_at: "2026-11-21T11:00:00Z" }),
      ],
      [run({})],
    );
    expect(entries.map((entry) => entry.id)).toEqual(["r", "new", "old"]);
  });

  it("offers the file of a finished export only", () => {
    expect(trayEntries([job({})], [])[0]?.download).toBe("/api/v1/jobs/j/download");
    expect(trayEntries([job({ state: "failed", error: "Disk full." })], [])[0]).toMatchObject({
      download: null,
      message: "Disk full.",
      tone: "bad",
    });
  });

  it.each([
    [run({ status: { seconds_left: 75 } }), "1 min 15 s left"],
    [run({ progress: 0.42 }), "42 %"],
    [run({ state: "queued" }), "waiting for a device"],
  ])("says how far a run is", (one, note) => {
    expect(trayEntries([], [one])[0]?.note).toBe(note);
  });

  it("counts a job's work when its end is known, and not when it is not", () => {
    const [known] = trayEntries([job({ state: "running", done: 1500, total: 3000 })], []);
    expect(known).toMatchObject({ note: "1,500 of 3,000", progress: 0.5 });
    expect(trayEntries([job({ state: "running", done: 7 })], [])[0]).toMatchObject({
      note: "7",
      progress: null,
    });
  });
});
