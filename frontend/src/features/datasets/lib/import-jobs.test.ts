import { describe, expect, it } from "vitest";
import type { Job } from "@/api/types";
import { outcomeOf, titleOf } from "./import-jobs";

const job = (parameters: unknown, result: unknown, state: Job["state"] = "done") =>
  ({ parameters, result, state, error: "Broken.", message: "Looking" }) as Job;

describe("imports in lists", () => {
  it("are named by what they did", () => {
    expect(titleOf(job({ dry_run: true, path: "/data/pond" }, {}))).toBe("Looked at “pond”");
    expect(titleOf(job({ dry_run: false }, { name: "a.zip" }))).toBe("Imported “a.zip”");
    expect(titleOf(job({ undo: "j1" }, {}))).toBe("Took an import back");
  });

  it("say what came out", () => {
    const counts = {
      images: 4,
      annotations: 1,
      images_added: 1,
      images_size_only: 2,
      annotations_added: 9,
    };
    expect(outcomeOf(job({ dry_run: true }, { counts }))).toBe("4 images, 1 object");
    expect(outcomeOf(job({}, { counts }))).toBe("3 images and 9 objects added");
    expect(outcomeOf(job({}, { counts, undone: true }))).toBe("taken back");
    expect(outcomeOf(job({}, {}, "failed"))).toBe("Broken.");
    expect(outcomeOf(job({}, {}, "running"))).toBe("Looking");
  });
});
