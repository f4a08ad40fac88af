import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TileView } from "../kernels/tiles";
import { FakeTiles, tileBitmap } from "../testing/fake-tiles";
import { recordingContext } from "../testing/recording-context";
import { TileLayer } from "./tile-layer";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const IMAGE = { width: 16_000, height: 12_000 };
const PREVIEW = 2048 / 16_000;
const SETTLE = 60;

/** Looks at the image point (x, y) in the upper left corner of the canvas. */
const at = (scale: number, x = 0, y = 0, width = 1000, height = 700): TileView => ({
  scale,
  dx: -x * scale,
  dy: -y * scale,
  width,
  height,
});

function setUp(budget?: number) {
  const tiles = new FakeTiles(budget);
  const invalidate = vi.fn();
  const layer = new TileLayer(invalidate);
  layer.setSource(tiles);
  const look = (view: TileView) => layer.look(view, IMAGE, PREVIEW);
  const rest = async (view: TileView) => {
    look(view);
    await vi.advanceTimersByTimeAsync(SETTLE);
  };
  const draw = (view: TileView) => {
    look(view);
    const { ctx, calls } = recordingContext(document.createElement("canvas"));
    const smooth: boolean[] = [];
    const drawImage = ctx.drawImage.bind(ctx) as (...args: unknown[]) => void;
    ctx.drawImage = (...args: unknown[]) => {
      smooth.push(ctx.imageSmoothingEnabled);
      drawImage(...args);
    };
    layer.draw(ctx, view, IMAGE);
    return { bitmaps: calls.map(({ args }) => args[0]), smooth };
  };
  return { tiles, layer, invalidate, look, rest, draw };
}

describe("tile layer", () => {
  it("asks for nothing while the preview is sharp enough", async () => {
    const { tiles, rest, draw } = setUp();
    await rest(at(PREVIEW));
    expect(tiles.asked).toEqual([]);
    expect(draw(at(PREVIEW)).bitmaps).toEqual([]);
  });

  it("fetches only the level at which zooming comes to rest", async () => {
    const { tiles, look, rest } = setUp();
    for (const scale of [0.2, 0.3, 0.4, 0.6, 0.9]) {
      look(at(scale));
      await vi.advanceTimersByTimeAsync(SETTLE - 1);
    }
    await rest(at(1));
    expect(tiles.asked).toHaveLength(4);
    expect(tiles.asked.every((key) => key.startsWith("0/"))).toBe(true);
  });

  it("asks at once when it is moved, and breaks off what left the view", async () => {
    const { tiles, look, rest } = setUp();
    await rest(at(1));
    look(at(1, 5120, 0));
    expect(tiles.running.sort()).toEqual(["0/10_0", "0/10_1", "0/11_0", "0/11_1"]);
  });

  it("begins in the middle of the view", async () => {
    const { tiles, rest } = setUp();
    await rest(at(1, 512, 512, 1536, 1536));
    expect(tiles.asked[0]).toBe("0/2_2");
    expect(tiles.asked).toHaveLength(6);
  });

  it("covers the view when all its tiles are there, and asks for a frame for each", async () => {
    const { tiles, look, rest, invalidate } = setUp();
    await rest(at(1));
    await tiles.answer("0/0_0");
    expect(look(at(1))).toBe(false);
    await tiles.answerAll();
    expect(look(at(1))).toBe(true);
    expect(invalidate).toHaveBeenCalledTimes(4);
  });

  it("draws coarse tiles below fine ones until those cover everything", async () => {
    const { tiles, rest, draw } = setUp();
    const [coarse, fine] = [tileBitmap(), tileBitmap()];
    await rest(at(0.25, 0, 0, 256, 256));
    await tiles.answer("2/0_0", coarse);
    await tiles.answerAll();
    await rest(at(0.5, 0, 0, 1000, 256));
    await tiles.answer("1/0_0", fine);
    expect(draw(at(0.5, 0, 0, 1000, 256)).bitmaps).toEqual([coarse, fine]);
    await tiles.answerAll();
    const { bitmaps } = draw(at(0.5, 0, 0, 1000, 256));
    expect(bitmaps).toHaveLength(2);
    expect(bitmaps).not.toContain(coarse);
  });

  it("shows finer tiles while the coarser ones are on their way", async () => {
    const { tiles, rest, draw } = setUp();
    const fine = tileBitmap();
    await rest(at(1, 0, 0, 512, 512));
    await tiles.answer("0/0_0", fine);
    await rest(at(0.5, 0, 0, 512, 512));
    expect(draw(at(0.5, 0, 0, 512, 512)).bitmaps).toEqual([fine]);
  });

  it("shows squares only for the image's own pixels", async () => {
    const { tiles, rest, draw } = setUp();
    await rest(at(0.5, 0, 0, 256, 256));
    await tiles.answer("1/0_0");
    const close = at(4, 0, 0, 100, 100);
    expect(draw(close).smooth).toEqual([true]);
    await rest(close);
    await tiles.answer("0/0_0");
    expect(draw(close).smooth).toEqual([false]);
    expect(draw(at(2.9, 0, 0, 100, 100)).smooth).toEqual([true]);
  });

  it("does not give back what is in view, however little memory there is", async () => {
    const { tiles, look, rest } = setUp(1024 * 1024);
    const bitmap = tileBitmap();
    await rest(at(1));
    await tiles.answer("0/0_0", bitmap);
    await tiles.answerAll();
    expect(look(at(1))).toBe(true);
    look(at(1, 5120, 0));
    expect(bitmap.close).toHaveBeenCalledOnce();
  });

  it("gives everything back with the picture", async () => {
    const { tiles, layer, rest, draw, look } = setUp();
    const bitmap = tileBitmap();
    await rest(at(1));
    await tiles.answer("0/0_0", bitmap);
    look(at(0.3));
    layer.setSource(null);
    expect(bitmap.close).toHaveBeenCalledOnce();
    expect([tiles.running, vi.getTimerCount()]).toEqual([[], 0]);
    expect(draw(at(1)).bitmaps).toEqual([]);
  });
});
