// @vitest-environment node
import { describe, expect, it } from "vitest";
import { Paints, textOn, withAlpha } from "./paints";

const box = { geometry: { type: "box", x: 0, y: 0, w: 1, h: 1 }, prediction: false } as const;

describe("paints", () => {
  it("are the same object for the same look", () => {
    const paints = new Paints(1);
    expect(paints.of(box, "#102030", "plain")).toBe(paints.of({ ...box }, "#102030", "plain"));
    expect(paints.of(box, "#102030", "plain")).not.toBe(paints.of(box, "#102030", "active"));
  });

  it("dash suggestions, fill when asked, follow the density", () => {
    const paints = new Paints(2);
    expect(paints.of({ ...box, prediction: true }, "#102030", "filled")).toEqual({
      stroke: "#102030d9",
      fill: "#10203021",
      width: 3,
      dash: [12, 8],
    });
    expect(paints.of(box, "#102030", "plain")).toEqual({
      stroke: "#102030",
      fill: null,
      width: 2,
      dash: [],
    });
  });

  it("leave colours that are not hexadecimal alone", () => {
    expect(withAlpha("tomato", "80")).toBe("tomato");
  });

  it.each([
    { color: "#ffffff", text: "#14171c" },
    { color: "#ebd509", text: "#14171c" },
    { color: "#101010", text: "#ffffff" },
    { color: "#a826c9", text: "#ffffff" },
  ])("write $text on $color", ({ color, text }) => {
    expect(textOn(color)).toBe(text);
  });
});
