import { describe, expect, it } from "vitest";
import type { WireAnnotation } from "@/canvas/geometry/wire";
import { remoteChange } from "./remote-change";

const wire = (id: string, revision: number): WireAnnotation => ({
  id,
  revision,
  label: 1,
  geometry: { type: "tag" },
  attributes: {},
  z_order: 0,
  source: "manual",
  score: null,
  prediction: null,
  created_by: null,
  updated_at: null,
});

const nothing = () => false;

describe("remoteChange", () => {
  it("takes in what is new or newer and drops what is gone", () => {
    const here = [
      { id: "same", revision: 2 },
      { id: "older", revision: 1 },
      { id: "gone", revision: 4 },
    ];
    const there = [wire("same", 2), wire("older", 3), wire("new", 1)];
    const { upserts, removed } = remoteChange(here, there, nothing);
    expect([upserts.map(({ id }) => id), removed]).toEqual([["older", "new"], ["gone"]]);
  });

  it("does not touch what this browser has not saved yet", () => {
    const here = [
      { id: "drawn just now", revision: 0 },
      { id: "edited", revision: 1 },
      { id: "edited, deleted there", revision: 1 },
    ];
    const change = remoteChange(here, [wire("edited", 2), wire("deleted here", 1)], (id) =>
      ["edited", "edited, deleted there", "deleted here"].includes(id),
    );
    expect(change).toEqual({ upserts: [], removed: [] });
  });
});
