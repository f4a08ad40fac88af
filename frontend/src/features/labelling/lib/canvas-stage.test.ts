import { describe, expect, it, vi } from "vitest";
import type { ImageItem } from "@/api/types";
import { Editor } from "@/canvas/editor";
import type { WirePrediction } from "@/canvas/geometry/wire";
import type { Mounted } from "@/canvas/render/mount";
import { CanvasStage } from "./canvas-stage";
import { PictureCache } from "./picture-cache";

const image = { id: "i", width: 100, height: 100 } as ImageItem;
const prediction = (id: string): WirePrediction => ({
  id,
  label: 1,
  score: 0.9,
  geometry: { type: "box", x: 10, y: 10, w: 20, h: 20 },
});

function setUp() {
  const editor = new Editor();
  const decode = vi.fn(async () => ({ width: 1, height: 1 }) as ImageBitmap);
  const stage = new CanvasStage(editor, new PictureCache(1000, decode));
  stage.show(image, [], [prediction("a"), prediction("b")]);
  const open = () => editor.getSnapshot().predictions.map(({ id }) => id);
  return { editor, stage, open };
}

describe("CanvasStage", () => {
  it("can still undo a rejection that the server has confirmed", () => {
    const { editor, stage, open } = setUp();
    editor.rejectPrediction("a");
    stage.setSuggestions([prediction("b")]);
    editor.undo();
    expect(open().sort()).toEqual(["a", "b"]);
  });

  it("shows shapes without a picture where there is none", async () => {
    const { editor, stage } = setUp();
    const setPicture = vi.fn();
    stage.attach({ renderer: { setPicture } } as unknown as Mounted);
    await stage.paint({ ...image, original_url: null, preview_url: null, thumb_url: null });
    expect(setPicture).toHaveBeenCalledWith("i", null);
    stage.prepare([{ ...image, original_url: null, preview_url: null, thumb_url: null }]);
    expect(editor.getSnapshot().imageId).toBe("i");
  });

  it("drops what somebody else has decided on, and takes in what a new model says", () => {
    const { stage, open } = setUp();
    stage.setSuggestions([prediction("b")]);
    expect(open()).toEqual(["b"]);
    stage.setSuggestions([prediction("c")]);
    expect(open()).toEqual(["c"]);
  });

  it("keeps the chosen tool across an image that cannot be changed", () => {
    const { editor, stage } = setUp();
    editor.setTool("polygon");
    stage.setEditable(false);
    expect(editor.getSnapshot()).toMatchObject({ tool: "select", readOnly: true });
    stage.setEditable(true);
    expect(editor.getSnapshot()).toMatchObject({ tool: "polygon", readOnly: false });
  });
});
