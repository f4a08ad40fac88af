import { describe, expect, it } from "vitest";
import type { PlannedLabel } from "../import-types";
import { chooseFor, forget, proposalOf, reasonOf, settle, sumsOf } from "./label-choices";

const planned = (source: string, more: Partial<PlannedLabel> = {}): PlannedLabel => ({
  source,
  id: null,
  n: 3,
  action: "create",
  target: null,
  name: source,
  color: "",
  why: "new",
  similar: [],
  ...more,
});

const KNOWN = [{ id: 7, name: "Cat", color: "#f6494d" }];

describe("proposals", () => {
  it("are a class of the project, a new one, or nothing", () => {
    expect(proposalOf(planned("cat", { action: "use", target: 7 }))).toBe(7);
    expect(proposalOf(planned("dog", { color: "#000001" }))).toEqual({
      name: "dog",
      color: "#000001",
    });
    expect(proposalOf(planned("dog", { action: "ignore" }))).toBe("ignore");
  });

  it("say why", () => {
    expect(reasonOf(planned("cats", { similar: ["Cat"] }))).toBe("similar to another");
    expect(reasonOf(planned("cat", { why: "case" }))).toMatch(/case/);
  });
});

describe("settling", () => {
  it("gives new classes free colours, and one colour to names that become one class", () => {
    const settled = settle(
      [planned("dog"), planned("hound"), planned("bird")],
      { hound: { name: "dog", color: "" } },
      KNOWN,
    );
    const [dog, hound, bird] = ["dog", "hound", "bird"].map((name) => settled[name]);
    expect(hound).toEqual(dog);
    expect(dog).not.toEqual(bird);
    expect(JSON.stringify(settled)).not.toContain("#f6494d");
  });

  it("makes a class anew whose target was deleted meanwhile", () => {
    expect(settle([planned("dog", { action: "use", target: 99 })], {}, KNOWN)["dog"]).toMatchObject(
      {
        name: "dog",
      },
    );
  });
});

describe("bulk changes", () => {
  it("create each under its own name, or send all to one class, and can be taken back", () => {
    const created = chooseFor(["a ", "b"], "create", {});
    expect(created).toEqual({ "a ": { name: "a", color: "" }, b: { name: "b", color: "" } });
    const mapped = chooseFor(["b"], 7, created);
    expect(mapped["b"]).toBe(7);
    expect(forget(["a "], mapped)).toEqual({ b: 7 });
  });

  it("are summed up", () => {
    const labels = [planned("a"), planned("b"), planned("c"), planned("d", { n: 10 })];
    const settled = settle(labels, { b: { name: "a", color: "" }, c: 7, d: "ignore" }, KNOWN);
    expect(sumsOf(labels, settled)).toEqual({
      used: 1,
      created: 1,
      ignored: 1,
      objectsIgnored: 10,
    });
  });
});
