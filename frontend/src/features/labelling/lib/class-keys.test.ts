import { describe, expect, it } from "vitest";
import type { Label } from "@/api/types";
import { classKeys, usable } from "./class-keys";

const label = (id: number, hotkey = "", change: Partial<Label> = {}) =>
  ({ id, hotkey, position: id, archived: false, ...change }) as Label;

describe("classKeys", () => {
  it("keeps given digits and gives the free ones in order", () => {
    const keys = classKeys([label(1, "3"), label(2), label(3, "1"), label(4)]);
    expect([...keys].sort()).toEqual([
      [1, "3"],
      [2, "2"],
      [3, "1"],
      [4, "4"],
    ]);
  });

  it("never takes a letter, because letters are tools, and gives a digit once", () => {
    const keys = classKeys([label(1, "v"), label(2, "5"), label(3, "5")]);
    expect([keys.get(1), keys.get(2), keys.get(3)]).toEqual(["1", "5", "2"]);
  });

  it("leaves classes beyond the tenth without a key", () => {
    const many = Array.from({ length: 12 }, (_, at) => label(at + 1));
    expect(classKeys(many).size).toBe(10);
  });
});

it("offers no archived class, in the order of the schema", () => {
  const labels = [
    label(1, "", { position: 2 }),
    label(2),
    label(3, "", { archived: true, position: 0 }),
  ];
  expect(usable(labels).map(({ id }) => id)).toEqual([1, 2]);
});
