import { describe, expect, it } from "vitest";
import { errorFrom, NetworkError } from "@/api/errors";
import { worthRetrying } from "./query-client";

describe("worthRetrying", () => {
  it.each([
    [0, errorFrom(404, null), false],
    [0, errorFrom(500, null), false],
    [0, errorFrom(503, null), true],
    [2, errorFrom(503, null), false],
    [1, new NetworkError(), true],
    [2, new NetworkError(), false],
  ])("after %d failures with %s: %s", (failures, error, expected) => {
    expect(worthRetrying(failures, error)).toBe(expected);
  });
});
