import { describe, expect, it } from "vitest";
import type { PluginInfo } from "@/api/types";
import { byFamily, matches, standing } from "./lib";

const plugin = (patch: Partial<PluginInfo>): PluginInfo => ({
  family: "formats",
  name: "coco",
  title: "COCO",
  description: "",
  origin: "marquee",
  version: "",
  target: "annotator.formats.coco:Coco",
  state: "ok",
  error: "",
  options_schema: null,
  traits: {},
  ...patch,
});

describe("byFamily", () => {
  it("follows the order of the work and keeps families it does not know", () => {
    const groups = byFamily([
      plugin({ family: "post_processors", name: "x" }),
      plugin({ family: "backends", name: "ultralytics" }),
      plugin({}),
      plugin({ name: "yolo" }),
    ]);
    expect(
      groups.map(([family, members]) => [family.title, members.map((one) => one.name)]),
    ).toEqual([
      ["Formats", ["coco", "yolo"]],
      ["Training backends", ["ultralytics"]],
      ["Post processors", ["x"]],
    ]);
  });
});

describe("standing", () => {
  it.each([
    ["ok", "", "Ready"],
    ["ok", "Needs onnx.", "Not usable here"],
    ["broken", "No module.", "Broken"],
  ] as const)("%s %s: %s", (state, error, word) => {
    expect(standing({ state, error }).word).toBe(word);
  });
});

describe("matches", () => {
  it.each([
    ["", true],
    ["COCO form", true],
    ["coco yolo", false],
  ])("“%s”: %s", (search, expected) => expect(matches(plugin({}), search)).toBe(expected));
});
