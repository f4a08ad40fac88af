import { describe, expect, it } from "vitest";
import type { RunEvent } from "../types";
import { headline, pointsOf, readableName, seriesOf } from "./metrics";

const event = (id: number, epoch: number, values: Record<string, number>): RunEvent => ({
  id,
  attempt: 1,
  kind: "metrics",
  data: { epoch, values },
  at: "2026-01-01T00:00:00Z",
});

describe("pointsOf", () => {
  it("orders by epoch and lets a repeated epoch replace the first", () => {
    const points = pointsOf([
      event(1, 0, { map50: 0.1 }),
      event(2, 1, { map50: 0.2 }),
      event(3, 1, { map50: 0.3 }),
    ]);
    expect(points).toEqual([
      { epoch: 0, values: { map50: 0.1 } },
      { epoch: 1, values: { map50: 0.3 } },
    ]);
  });

  it("leaves out events that are not metrics", () => {
    const broken: RunEvent = { ...event(1, 0, {}), data: { line: "hello" } };
    expect(pointsOf([broken])).toEqual([]);
  });
});

describe("seriesOf", () => {
  const points = pointsOf([
    event(1, 0, {
      "train/box_loss": 2,
      "val/box_loss": 3,
      "metrics/mAP50(B)": 0.4,
      "lr/pg0": 0.01,
    }),
  ]);

  it("keeps losses apart from quality and leaves learning rates out", () => {
    expect(seriesOf(points, "losses").map((one) => [one.name, one.dashed])).toEqual([
      ["train box loss", false],
      ["val box loss", true],
    ]);
    expect(seriesOf(points, "quality").map((one) => one.name)).toEqual(["mAP50"]);
  });

  it("counts epochs from one", () => {
    expect(seriesOf(points, "quality")[0]?.points).toEqual([[1, 0.4]]);
  });
});

describe("headline", () => {
  it("prefers mAP50-95", () => {
    expect(headline({ map50: 0.8, map50_95: 0.5 })).toEqual(["mAP50-95", 0.5]);
    expect(headline({ accuracy_top1: 0.9 })).toEqual(["accuracy top1", 0.9]);
    expect(headline({})).toBeNull();
  });
});

it("names metrics for people", () => {
  expect(readableName("metrics/mAP50-95(M)")).toBe("mAP50-95 masks");
});
