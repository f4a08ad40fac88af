import { describe, expect, it } from "vitest";
import { can } from "./permissions";

describe("can", () => {
  it.each([
    ["viewer", "exports.run", false],
    ["viewer", "annotations.edit", false],
    ["annotator", "annotations.edit", true],
    ["annotator", "images.add", false],
    ["reviewer", "exports.run", true],
    ["reviewer", "runs.start", false],
    ["manager", "runs.start", true],
    ["manager", "project.delete", false],
    ["owner", "project.delete", true],
  ] as const)("%s / %s: %s", (role, action, allowed) => {
    expect(can(role, action)).toBe(allowed);
  });
});
