import { describe, expect, it } from "vitest";
import type { SaveStatus } from "@/sync/saver";
import type { Entry } from "@/sync/types";
import { saveText } from "./save-text";

const status = (change: Partial<SaveStatus>): SaveStatus => ({
  phase: "saved",
  waiting: 0,
  conflicts: [],
  parked: [],
  durable: true,
  ...change,
});
const entry = {} as Entry;

describe("saveText", () => {
  it.each([
    [{}, "Saved"],
    [{ phase: "saving", waiting: 2 }, "Saving…"],
    [{ phase: "offline", waiting: 1 }, "Offline, 1 change kept"],
    [{ phase: "signed-out", waiting: 14 }, "Signed out, 14 changes kept"],
    [{ phase: "saving", waiting: 1, parked: [entry] }, "1 change refused"],
    [{ parked: [entry], conflicts: [entry, entry] }, "2 conflicts"],
  ] as const)("%j says %s", (change, text) => expect(saveText(status(change)).text).toBe(text));

  it("warns when closing the tab would lose something", () => {
    expect(saveText(status({ phase: "offline", waiting: 1, durable: false })).title).toContain(
      "keep the tab open",
    );
  });
});
