import { describe, expect, it, vi } from "vitest";
import { errorFrom, NetworkError } from "@/api/errors";
import { fakeServer } from "@/testing/server";
import { begun } from "./begun";
import type { UploadItem } from "./queue";
import { isArchive, isTransient, outcomeOf, outcomeOfJob, transportFor } from "./transport";

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
        duplicates: 2,
        refused_count: 3,
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

/** An XMLHttpRequest that keeps what it is given on a pretended server, and may lose its connection. */
function fakeUploads() {
  const server = { size: 0, offset: 0, pieces: [] as string[], loseAt: -1 };
  class FakeRequest {
    readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = {
      onprogress: null,
    };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 200;
    responseText = "";
    private readonly headers = new Map<string, string>();
    open(): void {}
    abort(): void {}
    setRequestHeader(name: string, value: string): void {
      this.headers.set(name, value);
    }
    send(body: Blob): void {
      const from = Number(this.headers.get("upload-offset"));
      server.pieces.push(`${from}+${body.size}`);
      queueMicrotask(() => {
        if (server.pieces.length === server.loseAt) {
          // Half of the piece had arrived when the connection went.
          server.offset = from + Math.floor(body.size / 2);
          this.onerror?.();
          return;
        }
        server.offset = from + body.size;
        this.upload.onprogress?.({ loaded: body.size });
        this.responseText = JSON.stringify({ offset: server.offset });
        this.onload?.();
      });
    }
  }
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  return server;
}

describe("sending in pieces", () => {
  const MIB = 1024 * 1024;
  const archive: UploadItem = {
    id: 1,
    path: "set.zip",
    file: new File([new Uint8Array(20 * MIB)], "set.zip", { lastModified: 7 }),
    state: "sending",
    sent: 0,
    message: "",
    outcome: null,
  };

  it("goes on where the server has it, not where the browser had sent it", async () => {
    window.localStorage.clear();
    begun.reload();
    const uploads = fakeUploads();
    uploads.loseAt = 2;
    const api = fakeServer({
      "POST /projects/p1/uploads": { id: "u1", offset: 0 },
      "GET /uploads/u1": () => ({ id: "u1", offset: uploads.offset }),
      "POST /uploads/u1/unpack": { id: "j1", state: "queued", error: "" },
      "GET /jobs/j1": { id: "j1", state: "done", error: "" },
      "GET /jobs/j1/report": { added: 3, renamed: 0, duplicates: 1, refused_count: 0, files: [] },
    });
    const seen: number[] = [];
    const options = {
      signal: new AbortController().signal,
      onProgress: (n: number) => seen.push(n),
    };
    const send = transportFor("p1");
    await expect(send(archive, options)).rejects.toBeInstanceOf(NetworkError);
    await expect(send(archive, options)).resolves.toEqual({
      created: 3,
      duplicates: 1,
      errors: [],
    });
    expect(uploads.pieces).toEqual([
      `0+${8 * MIB}`,
      `${8 * MIB}+${8 * MIB}`,
      `${12 * MIB}+${8 * MIB}`,
    ]);
    expect(seen.at(-1)).toBe(20 * MIB);
    expect(api.requests.filter((name) => name === "POST /projects/p1/uploads")).toHaveLength(1);
  });
});
