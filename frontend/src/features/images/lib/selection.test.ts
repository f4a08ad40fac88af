import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countSelected, EVERYTHING, extend, isSelected, NOTHING, toggle } from "./selection";

const ORDER = ["a", "b", "c", "d", "e", "f"];
const chosen = (selection: typeof NOTHING) => ORDER.filter((id) => isSelected(selection, id));

describe("selection", () => {
  it("extends from the last click in both directions", () => {
    const right = extend(toggle(NOTHING, "b"), "d", ORDER);
    expect(chosen(right)).toEqual(["b", "c", "d"]);
    expect(chosen(extend(toggle(right, "e"), "d", ORDER))).toEqual(["b", "c", "d", "e"]);
    expect(chosen(extend(toggle(NOTHING, "e"), "c", ORDER))).toEqual(["c", "d", "e"]);
  });

  it("takes away a range after a click that took away", () => {
    const some = extend(toggle(NOTHING, "a"), "f", ORDER);
    expect(chosen(extend(toggle(some, "c"), "e", ORDER))).toEqual(["a", "b", "f"]);
  });

  it("takes single images out of everything", () => {
    const but = toggle(EVERYTHING, "c");
    expect(chosen(but)).toEqual(["a", "b", "d", "e", "f"]);
    expect(countSelected(but, 100_000)).toBe(99_999);
    expect(chosen(extend(but, "e", ORDER))).toEqual(["a", "b", "f"]);
  });

  it("is a plain click when the last click is out of sight", () => {
    expect(chosen(extend(toggle(NOTHING, "zz"), "b", ORDER))).toEqual(["b"]);
  });

  it("toggling twice changes nothing, in both modes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ORDER)),
        fc.constantFrom(...ORDER),
        fc.boolean(),
        (clicks, id, all) => {
          const start = clicks.reduce(toggle, all ? EVERYTHING : NOTHING);
          expect(chosen(toggle(toggle(start, id), id))).toEqual(chosen(start));
        },
      ),
    );
  });
});
