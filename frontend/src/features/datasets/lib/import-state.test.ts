import { afterEach, describe, expect, it } from "vitest";
import { lookBody, lookedAgain, reachable, recall, remember, START } from "./import-state";

afterEach(() => window.sessionStorage.clear());

describe("the steps", () => {
  it("open one after the other", () => {
    expect([...reachable(START, false)]).toEqual(["files"]);
    const looking = { ...START, look: "j1" };
    expect([...reachable(looking, false)]).toEqual(["files", "found"]);
    expect([...reachable(looking, true)]).toEqual(["files", "found", "labels", "mode"]);
    expect(reachable({ ...looking, commit: "j2" }, true).has("report")).toBe(true);
  });

  it("keep the choices when the files are looked at once more", () => {
    const state = { ...START, choices: { cat: 3 }, commit: "old" };
    expect(lookedAgain(state, "j2")).toMatchObject({
      look: "j2",
      commit: null,
      step: "found",
      choices: { cat: 3 },
    });
  });
});

describe("the request", () => {
  it("names the upload or the path, and a format only when one was chosen", () => {
    const upload = { kind: "upload", id: "u1", name: "a.zip" } as const;
    expect(lookBody({ ...START, source: upload })).toEqual({
      upload: "u1",
      keep_splits: true,
      size_only: false,
      dry_run: true,
    });
    const bucket = { kind: "source", id: "s1", name: "Lake" } as const;
    expect(lookBody({ ...START, source: bucket })).toMatchObject({ source: "s1", dry_run: true });
    const path = { kind: "path", path: "/data/set" } as const;
    expect(
      lookBody({ ...START, source: path, format: "voc", options: { coordinates: "as_is" } }),
    ).toMatchObject({ path: "/data/set", format: "voc", options: { coordinates: "as_is" } });
  });
});

describe("a reload", () => {
  it("finds the state again, and the beginning where the stored one is foreign", () => {
    remember("p1", { ...START, look: "j1", step: "found" });
    expect(recall("p1")).toMatchObject({ look: "j1", step: "found" });
    expect(recall("p2")).toEqual(START);
    window.sessionStorage.setItem("marquee-import-p2", '{"step":"dance"}');
    expect(recall("p2")).toEqual(START);
  });
});
