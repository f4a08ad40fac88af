import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, NetworkError } from "./errors";
import { http, onUnauthorised, queryString } from "./http";

const fetchMock = vi.fn<typeof fetch>();

const answer = (status: number, body: unknown) =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });

beforeEach(() => {
  vi.stubGlobal("fetch", fetchMock);
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store; this is the cookie Django sets.
  document.cookie = "csrftoken=s3cret";
});

afterEach(() => {
  fetchMock.mockReset();
  vi.unstubAllGlobals();
});

describe("http", () => {
  it("sends JSON with the CSRF token and gives the parsed answer", async () => {
    fetchMock.mockResolvedValue(answer(201, { id: 7 }));
    await expect(http.post<{ id: number }>("/projects/", { name: "cells" })).resolves.toEqual({
      id: 7,
    });
    const [url, init] = fetchMock.mock.calls[0] ?? [];
    expect(url).toBe("/api/v1/projects/");
    expect(init).toMatchObject({
      method: "POST",
      body: '{"name":"cells"}',
      headers: { "x-csrftoken": "s3cret", "content-type": "application/json" },
    });
  });

  it("asks for a token first when there is none", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: as above.
    document.cookie = "csrftoken=; max-age=0";
    fetchMock.mockImplementation(async (url) => {
      // biome-ignore lint/suspicious/noDocumentCookie: what the server's answer does.
      if (url === "/api/v1/session") document.cookie = "csrftoken=fresh";
      return answer(200, {});
    });
    await http.post("/session/link", { token: "t" });
    expect(fetchMock.mock.calls.map(([url]) => url)).toEqual([
      "/api/v1/session",
      "/api/v1/session/link",
    ]);
    expect(fetchMock.mock.calls[1]?.[1]?.headers).toMatchObject({ "x-csrftoken": "fresh" });
  });

  it("leaves the boundary of a form to the browser", async () => {
    fetchMock.mockResolvedValue(answer(204, null));
    await expect(http.post("/files/", new FormData())).resolves.toBeNull();
    expect(fetchMock.mock.calls[0]?.[1]?.headers).not.toHaveProperty("content-type");
  });

  it("throws the server's own sentence", async () => {
    fetchMock.mockResolvedValue(
      answer(409, { code: "name_taken", detail: "There is one already." }),
    );
    await expect(http.get("/x/")).rejects.toMatchObject({
      code: "name_taken",
      message: "There is one already.",
    });
  });

  it("says that the server cannot be reached when there is no answer", async () => {
    fetchMock.mockRejectedValue(new TypeError("failed"));
    await expect(http.get("/x/")).rejects.toBeInstanceOf(NetworkError);
  });

  it("lets an abort through as an abort", async () => {
    fetchMock.mockRejectedValue(new DOMException("stop", "AbortError"));
    await expect(http.get("/x/")).rejects.toMatchObject({ name: "AbortError" });
  });

  it("tells listeners about a 401, until they leave", async () => {
    const listener = vi.fn();
    const leave = onUnauthorised(listener);
    fetchMock.mockImplementation(async () => answer(401, {}));
    await expect(http.get("/x/")).rejects.toBeInstanceOf(ApiError);
    leave();
    await expect(http.get("/x/")).rejects.toBeInstanceOf(ApiError);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe("queryString", () => {
  it.each([
    [{}, ""],
    [{ state: "new", q: "", page: undefined, label: null }, "?state=new"],
    [{ label: [3, 4], reviewed: false }, "?label=3&label=4&reviewed=false"],
    [{ q: "a b&c" }, "?q=a+b%26c"],
  ])("%j is %s", (query, text) => expect(queryString(query)).toBe(text));
});
