import { describe, expect, it } from "vitest";
import { errorFrom, NetworkError } from "@/api/errors";
import { isArchive, isTransient, outcomeOf, outcomeOfJob } from "./transport";

describe("outcomeOf", () => {
  it("counts what happened to each file", () => {
    expect(
      outcomeOf([
        { name: "a.jpg", status: "added" },
        { name: "b.jpg", status: "renamed" },
        { name: "c.jpg", status: "duplicate" },
        { name: "d.txt", status: "refused", detail: "This is not an image." },
      ]),
    ).toEqual({
      created: 2,
      duplicates: 1,
      errors: [{ name: "d.txt", detail: "This is not an image." }],
    });
  });
});

describe("outcomeOfJob", () => {
  it("reads the report of an unpacked archive", () => {
    expect(
      outcomeOfJob({
        added: 5,
        renamed: 1,
        duplicate: 2,
        refused: 3,
        files: [
          { name: "x", status: "refused", detail: "Broken." },
          { name: "y", status: "duplicate", detail: "Is here." },
        ],
      }),
    ).toEqual({
      created: 6,
      duplicates: 2,
      errors: [
        { name: "x", detail: "Broken." },
        { name: "2 more", detail: "The report of the job names them." },
      ],
    });
  });

  it("takes a report without counts as nothing", () => {
    expect(outcomeOfJob({})).toEqual({ created: 0, duplicates: 0, errors: [] });
  });
});

describe("isTransient", () => {
  it.each([
    [new NetworkError(), true],
    [errorFrom(503, null), true],
    [errorFrom(413, null), false],
    [new Error("x"), false],
  ])("%s: %s", (error, expected) => expect(isTransient(error)).toBe(expected));
});

describe("isArchive", () => {
  it.each([
    ["day/Set.ZIP", true],
    ["zip.jpg", false],
  ])("%s: %s", (path, expected) => expect(isArchive(path)).toBe(expected));
});
