import { beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_FRAMES, frameChoice, keepFrameChoice, readChoice } from "./frames";

beforeEach(() => localStorage.clear());

describe("the frames of a video", () => {
  it("are one a second unless somebody says otherwise", () => {
    expect(frameChoice()).toEqual(DEFAULT_FRAMES);
  });

  it("are remembered", () => {
    keepFrameChoice({ ...DEFAULT_FRAMES, by: "scene", sensitivity: 0.2 });
    expect(frameChoice()).toMatchObject({ by: "scene", sensitivity: 0.2 });
  });

  it.each(["nonsense", "null", "[]", '{"by":"x","rate":-1,"step":"9","most":1e9}'])(
    "survive %s in the store",
    (text) => expect(readChoice(text)).toEqual(DEFAULT_FRAMES),
  );
});
