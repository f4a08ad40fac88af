import { describe, expect, it } from "vitest";
import type { Label } from "@/api/types";
import { findLabels } from "./find-labels";

const labels = ["Scarf", "Car", "Cat", "Cart"].map((name, id) => ({ id, name }) as Label);
const names = (text: string, recent: number[] = []) =>
  findLabels(labels, text, recent).map(({ name }) => name);

describe("findLabels", () => {
  it("puts names that begin with the text first", () => {
    expect(names("car")).toEqual(["Car", "Cart", "Scarf"]);
  });

  it("puts recent ones ahead, the latest first", () => {
    expect(names("", [2, 3])).toEqual(["Cat", "Cart", "Scarf", "Car"]);
  });

  it("finds nothing for what is not there", () => {
    expect(names("dog")).toEqual([]);
  });
});
