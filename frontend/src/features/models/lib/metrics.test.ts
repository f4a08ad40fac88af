import { describe, expect, it } from "vitest";
import type { Model } from "../types";
import { gainOver, mainMetric, metricName, orderedMetrics } from "./metrics";

const model = (number: number, value: number, task = "detect"): Model => ({
  id: String(number),
  project: "p",
  number,
  name: "",
  run: null,
  backend: "b",
  task,
  labels: [],
  metrics: { map50_95: value },
  labelled_images: 0,
  labelled_objects: 0,
  bytes: 0,
  sha256: "",
  created_at: "",
});

describe("metrics", () => {
  it("knows a model by mAP50-95 or accuracy", () => {
    expect(mainMetric({ map50: 0.8, map50_95: 0.5 })).toEqual(["map50_95", 0.5]);
    expect(mainMetric({ accuracy_top1: 0.9 })).toEqual(["accuracy_top1", 0.9]);
    expect(mainMetric({ map50_95: null })).toBeNull();
  });

  it("orders known metrics first and leaves losses out", () => {
    expect(orderedMetrics({ fitness: 0.1, "val/box_loss": 2, map50: 0.8 })).toEqual([
      ["map50", 0.8],
      ["fitness", 0.1],
    ]);
    expect(metricName("map50")).toBe("mAP50");
    expect(metricName("odd_one")).toBe("odd one");
  });

  it("compares with the newest earlier model of the same task", () => {
    const models = [model(4, 0.5), model(3, 0.9, "segment"), model(2, 0.4), model(1, 0.1)];
    expect(gainOver(model(4, 0.5), models)).toBeCloseTo(0.1);
    expect(gainOver(model(1, 0.1), models)).toBeNull();
  });
});
