import { describe, expect, it, vi } from "vitest";
import type { ImageItem } from "@/api/types";
import { IMAGE } from "../testing";
import { addresses, type Decode, PictureCache } from "./picture-cache";

const MEGA = 1024 * 1024;
/** A picture of one mebibyte. */
const bitmap = () => ({ width: 512, height: 512, close: vi.fn() }) as unknown as ImageBitmap;

describe("PictureCache", () => {
  it("decodes an address once and throws away the longest unused beyond the budget", async () => {
    const decode = vi.fn<Decode>(async () => bitmap());
    const cache = new PictureCache(2 * MEGA, decode);
    const a = await cache.get("a");
    await cache.get("b");
    await cache.get("a");
    await cache.get("c");
    expect([cache.has("a"), cache.has("b"), cache.has("c")]).toEqual([true, false, true]);
    expect(a.close).not.toHaveBeenCalled();
    expect(decode).toHaveBeenCalledTimes(3);
  });

  it("never throws away what is on the screen", async () => {
    const cache = new PictureCache(MEGA, async () => bitmap());
    const shown = await cache.get("shown");
    cache.show(["shown"]);
    await cache.get("b");
    await cache.get("c");
    expect([cache.has("shown"), cache.has("b"), shown.close]).toEqual([
      true,
      false,
      expect.any(Function),
    ]);
    expect(shown.close).not.toHaveBeenCalled();
  });

  it("stops loading what nobody wants any more", async () => {
    const signals: AbortSignal[] = [];
    const cache = new PictureCache(MEGA, (_url, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    void cache.get("a");
    void cache.get("b");
    cache.show(["b"], []);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it("tries again after a failure", async () => {
    const decode = vi
      .fn<Decode>()
      .mockRejectedValueOnce(new Error("No."))
      .mockResolvedValue(bitmap());
    const cache = new PictureCache(MEGA, decode);
    await expect(cache.get("a")).rejects.toThrow("No.");
    await expect(cache.get("a")).resolves.toBeDefined();
  });
});

describe("addresses", () => {
  const image = (change: Partial<ImageItem>) =>
    ({ ...IMAGE, preview_url: "/p", sharp_url: null, tiles: null, ...change }) as ImageItem;
  const tiles = { url: "/t/{level}/{column}_{row}.webp", size: 512, levels: 2 };

  it.each([
    [{}, { first: "/p", sharp: null, tiles: null }],
    [{ sharp_url: "/o" }, { first: "/p", sharp: "/o", tiles: null }],
    [{ tiles }, { first: "/p", sharp: null, tiles }],
    [{ preview_url: null }, null],
  ])("%j", (change, expected) => expect(addresses(image(change))).toEqual(expected));
});
