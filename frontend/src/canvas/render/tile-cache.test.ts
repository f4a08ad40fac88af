// @vitest-environment node
import { describe, expect, it } from "vitest";
import { tileBitmap } from "../testing/fake-tiles";
import { TileCache } from "./tile-cache";

const MEGA = 1024 * 1024;
const tile = (column: number) => ({ level: 0, column, row: 0 });
const columns = (cache: TileCache) => cache.all().map((entry) => entry.tile.column);

function cacheOf(count: number, budget: number) {
  const cache = new TileCache(budget);
  const bitmaps = Array.from({ length: count }, () => tileBitmap());
  bitmaps.forEach((bitmap, column) => {
    cache.add(tile(column), bitmap);
  });
  return { cache, bitmaps };
}

describe("tile cache", () => {
  it("gives back those unused for longest beyond its budget", () => {
    const { cache, bitmaps } = cacheOf(4, 2 * MEGA);
    cache.trim([tile(0)]);
    expect(columns(cache)).toEqual([3, 0]);
    expect(
      bitmaps.map(({ close }) => (close as unknown as { mock: { calls: [] } }).mock.calls.length),
    ).toEqual([0, 1, 1, 0]);
  });

  it("keeps what is in view, whatever it takes", () => {
    const { cache } = cacheOf(4, MEGA);
    cache.trim([tile(0), tile(1), tile(2), tile(9)]);
    expect(columns(cache)).toEqual([0, 1, 2]);
    cache.trim([]);
    expect(columns(cache)).toEqual([2]);
  });

  it("closes a tile that comes twice, and all when it is emptied", () => {
    const { cache, bitmaps } = cacheOf(2, MEGA);
    const again = tileBitmap();
    cache.add(tile(0), again);
    expect(bitmaps[0]?.close).toHaveBeenCalledOnce();
    cache.clear();
    expect(again.close).toHaveBeenCalledOnce();
    expect(bitmaps[1]?.close).toHaveBeenCalledOnce();
    expect(cache.has(tile(0))).toBe(false);
    // Nothing is counted twice: a single tile fits again.
    cache.add(tile(5), tileBitmap());
    cache.trim([]);
    expect(cache.has(tile(5))).toBe(true);
  });
});
