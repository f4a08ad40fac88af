// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";
import { askForTiles, pictureTiles } from "./picture-tiles";

const TILES = {
  url: "/files/tiles/ab/{level}/{column}_{row}.webp?e=1&s=x",
  size: 512,
  levels: 2,
};
const BITMAP = { width: 512, height: 512 };

function serve(status: number) {
  const fetching = vi.fn(
    async (_url: string, _init: RequestInit) => new Response(null, { status }),
  );
  vi.stubGlobal("fetch", fetching);
  vi.stubGlobal("createImageBitmap", async () => BITMAP);
  return fetching;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("tiles of a picture", () => {
  const { signal } = new AbortController();
  const load = () => pictureTiles(TILES, () => {}).load({ level: 1, column: 20, row: 3 }, signal);

  it("come from their own address and can be broken off", async () => {
    const fetching = serve(200);
    expect(await load()).toBe(BITMAP);
    expect(fetching).toHaveBeenCalledWith(
      "/files/tiles/ab/1/20_3.webp?e=1&s=x",
      expect.objectContaining({ signal }),
    );
  });

  it("are null while the server still cuts them", async () => {
    serve(202);
    expect(await load()).toBeNull();
  });

  it("are asked for ahead with one request that may fail", async () => {
    const fetching = serve(500);
    fetching.mockRejectedValueOnce(new TypeError("No network."));
    askForTiles(TILES);
    await expect(fetching.mock.results[0]?.value).rejects.toThrow();
    expect(fetching.mock.calls.map(([url]) => url)).toEqual(["/files/tiles/ab/0/0_0.webp?e=1&s=x"]);
  });

  it.each([403, 404, 500])("fail with %d", async (status) => {
    serve(status);
    await expect(load()).rejects.toThrow(String(status));
  });
});
