// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { Job } from "@/api/types";
import { describeCounts, lastSync, oddFiles } from "./sync";

const job = (id: string, kind: string, source: string, counts = {}) =>
  ({ id, kind, parameters: { source }, result: { counts } }) as unknown as Job;

describe("what a synchronisation found", () => {
  it("is said in the order of interest, without zeros", () => {
    expect(describeCounts({ unchanged: 1200, new: 3, vanished: 0, refused: 1 })).toBe(
      "3 new, 1 refused, 1,200 unchanged",
    );
    expect(describeCounts({})).toBe("nothing there");
  });

  it("belongs to the newest job of the same source", () => {
    const jobs = [job("3", "import", "a"), job("2", "sync", "b"), job("1", "sync", "a")];
    expect(lastSync(jobs, { id: "a" })?.id).toBe("1");
    expect(lastSync(jobs, { id: "c" })).toBeUndefined();
  });

  it("counts the files that need a look", () => {
    expect(oddFiles(job("1", "sync", "a", { new: 5, refused: 1, ignored: 2, vanished: 3 }))).toBe(
      6,
    );
    expect(oddFiles(undefined)).toBe(0);
  });
});
