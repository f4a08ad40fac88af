/** Tiles of a large picture, from the server. */
import type { ImageItem } from "@/api/types";
import type { TileId } from "@/canvas/kernels/tiles";
import type { TileSource } from "@/canvas/render/tile-requests";
import { tileBudget } from "./picture-cache";

export type TilesOnServer = NonNullable<ImageItem["tiles"]>;

/** The server has been asked to cut the tiles and has not finished. */
const STILL_CUTTING = 202;

export const tileUrl = ({ url }: TilesOnServer, { level, column, row }: TileId): string =>
  url
    .replace("{level}", String(level))
    .replace("{column}", String(column))
    .replace("{row}", String(row));

/** `waiting` is told when what is in view has to wait for the server, and when that is over. */
export const pictureTiles = (tiles: TilesOnServer, waiting: (on: boolean) => void): TileSource => ({
  size: tiles.size,
  levels: tiles.levels,
  budget: tileBudget(),
  waiting,
  load: async (tile, signal) => {
    const answer = await fetch(tileUrl(tiles, tile), { signal, credentials: "same-origin" });
    if (answer.status === STILL_CUTTING) return null;
    if (!answer.ok)
      throw new Error(`A part of the picture could not be loaded (${answer.status}).`);
    return createImageBitmap(await answer.blob());
  },
});

/** Lets the server cut the tiles before somebody zooms in; what it answers does not matter. */
export function askForTiles(tiles: TilesOnServer): void {
  const any = tileUrl(tiles, { level: 0, column: 0, row: 0 });
  void fetch(any, { credentials: "same-origin", priority: "low" }).catch(() => undefined);
}
