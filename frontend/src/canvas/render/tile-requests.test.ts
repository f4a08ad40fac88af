// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type TileId, tileKey } from "../kernels/tiles";
import { FakeTiles, settled, tileBitmap } from "../testing/fake-tiles";
import { TileRequests } from "./tile-requests";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const row = (count: number, from = 0): TileId[] =>
  Array.from({ length: count }, (_, index) => ({ level: 0, column: from + index, row: 0 }));

function setUp() {
  const tiles = new FakeTiles();
  const arrived = vi.fn<(tile: TileId, bitmap: ImageBitmap) => void>();
  const requests = new TileRequests(tiles, arrived);
  const here = () => arrived.mock.calls.map(([tile]) => tileKey(tile));
  return { tiles, requests, arrived, here };
}

describe("tile requests", () => {
  it("asks for six at once in the given order, the next when one is here", async () => {
    const { tiles, requests, here } = setUp();
    requests.want(row(8));
    expect(tiles.asked).toEqual(["0/0_0", "0/1_0", "0/2_0", "0/3_0", "0/4_0", "0/5_0"]);
    await tiles.answer("0/3_0");
    expect(tiles.asked.slice(6)).toEqual(["0/6_0"]);
    await tiles.answerAll();
    expect(here()).toHaveLength(8);
    expect(new Set(tiles.asked).size).toBe(tiles.asked.length);
  });

  it("breaks off what left the view, and closes what still comes of it", async () => {
    const { requests, here } = setUp();
    const late = tileBitmap();
    let signal = new AbortController().signal;
    let answer: (bitmap: ImageBitmap) => void = () => {};
    const stubborn = new TileRequests(
      {
        ...new FakeTiles(),
        load: (_tile, given) => {
          signal = given;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
      () => {
        throw new Error("It had left the view.");
      },
    );
    stubborn.want(row(1));
    stubborn.want([]);
    expect(signal.aborted).toBe(true);
    answer(late);
    await settled();
    expect(late.close).toHaveBeenCalledOnce();
    requests.want([]);
    expect(here()).toEqual([]);
  });

  it("goes on with what is wanted before and after", () => {
    const { tiles, requests } = setUp();
    requests.want(row(4));
    requests.want(row(4, 2));
    expect(tiles.running).toEqual(["0/2_0", "0/3_0", "0/4_0", "0/5_0"]);
    expect(tiles.asked.filter((key) => key === "0/2_0")).toHaveLength(1);
  });

  it("waits while the server cuts the tiles: one question after ever longer pauses", async () => {
    const { tiles, requests } = setUp();
    requests.want(row(8));
    await tiles.answer("0/1_0", null);
    expect(tiles.running).toEqual([]);
    expect(tiles.waiting.mock.calls).toEqual([[true]]);
    // Panning does not make it ask sooner.
    requests.want(row(8, 1));
    expect(tiles.asked).toHaveLength(6);
    for (const pause of [2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000]) {
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(tiles.running).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(tiles.running).toEqual(["0/1_0"]);
      await tiles.answer("0/1_0", null);
    }
    await vi.advanceTimersByTimeAsync(15_000);
    await tiles.answer("0/1_0");
    expect(tiles.running).toHaveLength(6);
    expect(tiles.waiting.mock.calls).toEqual([[true], [false]]);
  });

  it("says that it waits only while something in view is missing", async () => {
    const { tiles, requests } = setUp();
    requests.want(row(2));
    await tiles.answer("0/0_0", null);
    requests.want([]);
    expect(tiles.waiting).toHaveBeenLastCalledWith(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tiles.asked).toHaveLength(2);
    requests.want(row(3));
    expect(tiles.running).toEqual(["0/0_0"]);
    expect(tiles.waiting).toHaveBeenLastCalledWith(true);
  });

  it("leaves a tile that failed alone for half a minute, and goes on with the others", async () => {
    const { tiles, requests, here } = setUp();
    requests.want(row(7));
    await tiles.fail("0/0_0");
    await tiles.answerAll();
    expect(here()).toHaveLength(6);
    requests.want(row(1));
    expect(tiles.running).toEqual([]);
    expect(tiles.waiting).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(tiles.running).toEqual(["0/0_0"]);
  });

  it("stays patient when the question itself fails", async () => {
    const { tiles, requests } = setUp();
    requests.want(row(3));
    await tiles.answer("0/0_0", null);
    await vi.advanceTimersByTimeAsync(2_000);
    await tiles.fail("0/0_0");
    expect(tiles.running).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(tiles.running).toEqual(["0/1_0"]);
  });

  it("leaves nothing behind", async () => {
    const { tiles, requests } = setUp();
    requests.want(row(3));
    await tiles.fail("0/2_0");
    await tiles.answer("0/0_0", null);
    requests.stop();
    expect(tiles.running).toEqual([]);
    expect(tiles.waiting).toHaveBeenLastCalledWith(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
