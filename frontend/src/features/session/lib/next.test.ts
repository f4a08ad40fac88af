import { describe, expect, it } from "vitest";
import { safeNext } from "./next";

describe("safeNext", () => {
  it.each([
    [undefined, "/projects"],
    ["/projects/1/images?state=new", "/projects/1/images?state=new"],
    ["https://evil.example", "/projects"],
    ["//evil.example", "/projects"],
    ["/\\evil.example", "/projects"],
    ["/sign-in?next=/x", "/projects"],
  ])("%s leads to %s", (next, path) => expect(safeNext(next)).toBe(path));
});
