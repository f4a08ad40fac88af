import { expect, it } from "vitest";
import { annotation } from "@/sync/testing";
import { differences } from "./differences";

it("names what differs between two versions", () => {
  const mine = annotation("a", { label: 1, attributes: { occluded: true, side: "left" } });
  const theirs = annotation("a", { label: 2, attributes: { occluded: true } });
  expect(differences(mine, theirs, (id) => `class ${id}`)).toEqual([
    "Class: class 1 here, class 2 there",
    "side: left here, nothing there",
  ]);
  expect(differences(mine, { ...mine, geometry: { type: "box" } }, String)).toEqual([
    "The outline is different",
  ]);
});
