import { describe, expect, it } from "vitest";
import type { Label } from "@/api/types";
import {
  addLabel,
  depthOf,
  draftsOf,
  moveLabel,
  patchLabel,
  payloadOf,
  possibleParents,
  problemsOf,
  removeLabel,
} from "./draft";

const label = (id: number, name: string, patch: Partial<Label> = {}): Label => ({
  id,
  name,
  color: "#f6494d",
  hotkey: "",
  parent: null,
  position: id,
  attributes: [],
  archived: false,
  count: 0,
  ...patch,
});

const start = draftsOf([
  label(3, "van", { parent: 1 }),
  label(1, "car", { hotkey: "1" }),
  label(2, "bird", { hotkey: "2" }),
]);
const names = (drafts: readonly { name: string }[]) => drafts.map((draft) => draft.name);

describe("label drafts", () => {
  it("stand in the order of the server", () => {
    expect(names(start)).toEqual(["car", "bird", "van"]);
  });

  it("get a free colour and key when added", () => {
    const [added] = addLabel(start, "new").slice(-1);
    expect(added).toMatchObject({ id: null, color: "#64c9fd", hotkey: "3" });
  });

  it.each([
    ["label-3", "label-1", ["van", "car", "bird"]],
    ["label-1", "label-3", ["bird", "van", "car"]],
    ["label-1", "label-1", ["car", "bird", "van"]],
    ["label-1", "gone", ["car", "bird", "van"]],
  ])("%s dropped on %s", (key, target, order) => {
    expect(names(moveLabel(start, key, target))).toEqual(order);
  });

  it("hand children to the grandparent when one is removed", () => {
    expect(removeLabel(start, "label-1").map((draft) => draft.parent)).toEqual([null, null]);
  });

  it("never become their own ancestor", () => {
    expect(names(possibleParents(start, "label-1"))).toEqual(["bird"]);
    expect(names(possibleParents(start, "label-3"))).toEqual(["car", "bird"]);
    expect(depthOf(start, "label-3")).toBe(1);
  });

  it("say what is wrong with them", () => {
    const drafts = [
      ...patchLabel(start, "label-2", { name: "Car " }),
      ...addLabel([], "a"),
      { ...start[2], key: "b", name: "truck", hotkey: "1" },
    ] as typeof start;
    expect(problemsOf(drafts)).toEqual({
      "label-2": "There is a class of this name already.",
      a: "A class needs a name.",
      b: "The key 1 belongs to “car”.",
    });
  });

  it("travel as a whole list, parents by name", () => {
    const list = addLabel(start, "new", " lorry ");
    expect(payloadOf(list).map((one) => [one.id, one.name, one.parent, one.position])).toEqual([
      [1, "car", null, 0],
      [2, "bird", null, 1],
      [3, "van", "car", 2],
      [undefined, "lorry", null, 3],
    ]);
  });
});
