import { beforeEach, describe, expect, it } from "vitest";
import { begun } from "./begun";

beforeEach(() => {
  window.localStorage.clear();
  begun.reload();
});

describe("begun uploads", () => {
  it("are known after the page was loaded anew, until they are over", () => {
    begun.remember("a", "u1");
    begun.remember("b", "u2");
    begun.reload();
    expect([begun.find("a"), begun.find("b"), begun.find("c")]).toEqual(["u1", "u2", undefined]);
    begun.forget("a");
    begun.reload();
    expect([begun.find("a"), begun.find("b")]).toEqual([undefined, "u2"]);
  });

  it("keep the newest fifty", () => {
    for (let index = 0; index < 60; index += 1) begun.remember(`f${index}`, `u${index}`);
    expect([begun.find("f9"), begun.find("f10")]).toEqual([undefined, "u10"]);
  });

  it("take a spoilt storage for an empty one", () => {
    window.localStorage.setItem("marquee-uploads-begun", "{]");
    begun.reload();
    expect(begun.find("a")).toBeUndefined();
  });
});
