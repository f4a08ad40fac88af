import { describe, expect, it } from "vitest";
import { CLASS_COLORS, classColor, inkOn, nextClassColor } from "./palette";

describe("palette", () => {
  it("gives the first free colour, whatever the case", () => {
    expect(nextClassColor(["#F6494D", "#ebd509"])).toBe("#64c9fd");
  });

  it("wraps around when all twenty are taken", () => {
    expect(nextClassColor([...CLASS_COLORS])).toBe(CLASS_COLORS[0]);
    expect(classColor(21)).toBe(CLASS_COLORS[1]);
  });

  it.each([
    ["#ffffff", "#000000"],
    ["#000000", "#ffffff"],
    ["#ebd509", "#000000"],
    ["#a826c9", "#ffffff"],
  ] as const)("writes on %s in %s", (background, ink) => {
    expect(inkOn(background)).toBe(ink);
  });
});
