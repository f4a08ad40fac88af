import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ImageItem } from "@/api/types";
import { Editor } from "@/canvas/editor";
import type { WirePrediction } from "@/canvas/geometry/wire";
import type { Mounted } from "@/canvas/render/mount";
import type { TileSource } from "@/canvas/render/tile-requests";
import { CanvasStage } from "./canvas-stage";
import { PictureCache } from "./picture-cache";

const image = { id: "i", width: 100, height: 100, sharp_url: null, tiles: null } as ImageItem;
const LARGE = { url: "/t/{level}/{column}_{row}.webp", size: 512, levels: 3 };
const prediction = (id: string): WirePrediction => ({
  id,
  label: 1,
  score: 0.9,
  geometry: { type: "box", x: 10, y: 10, w: 20, h: 20 },
});

const fetching = vi.fn(async (_url: string) => new Response(null, { status: 202 }));

beforeEach(() => {
  fetching.mockClear();
  vi.stubGlobal("fetch", fetching);
});
afterEach(() => {
  vi.unstubAllGlobals();
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

  it("hands over the tiles of a large picture, and says while they are being made", async () => {
    const { stage } = setUp();
    const setPicture = vi.fn();
    const heard = vi.fn();
    stage.watchTiles(heard);
    await stage.paint({ ...image, preview_url: "/p", tiles: LARGE });
    // A canvas that comes later gets them too.
    stage.attach({ renderer: { setPicture } } as unknown as Mounted);
    const tiles = setPicture.mock.calls[0]?.[2] as TileSource;
    expect(tiles).toMatchObject({ size: 512, levels: 3 });
    tiles.waiting(true);
    expect([stage.waitsForTiles(), heard.mock.calls.length]).toEqual([true, 1]);
    tiles.waiting(false);
    expect([stage.waitsForTiles(), heard.mock.calls.length]).toEqual([false, 2]);
  });

  it("has the tiles of images to come cut ahead, each asked for once", async () => {
    const { stage } = setUp();
    const next = { ...image, id: "next", preview_url: "/q", tiles: LARGE };
    stage.prepare([next, { ...image, id: "small", preview_url: "/r" }]);
    stage.prepare([next]);
    await stage.paint(next);
    expect(fetching.mock.calls.map(([url]) => url)).toEqual(["/t/0/0_0.webp"]);
  });

  it("puts the sharp picture in the place of its preview", async () => {
    const { stage } = setUp();
    const setPicture = vi.fn();
    stage.attach({ renderer: { setPicture } } as unknown as Mounted);
    await stage.paint({ ...image, preview_url: "/p", sharp_url: "/o", tiles: null });
    await vi.waitFor(() => expect(setPicture).toHaveBeenCalledTimes(2));
    expect(setPicture.mock.calls.map((call) => [call[0], call[2]])).toEqual([
      ["i", null],
      ["i", null],
    ]);
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
