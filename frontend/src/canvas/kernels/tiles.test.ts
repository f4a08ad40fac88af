// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelFor, placeTile, type TileId, type TileView, tileBox, tilesInView } from "./tiles";

const SIZE = 512;
const sizes = fc.record({
  width: fc.integer({ min: 1, max: 60_000 }),
  height: fc.integer({ min: 1, max: 60_000 }),
});
const levels = fc.integer({ min: 0, max: 5 });

interface Scene {
  readonly image: { readonly width: number; readonly height: number };
  readonly level: number;
  readonly view: TileView;
}

/** A canvas that looks at some place of the image at a scale at which its level is used, or anything near. */
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    image: sizes,
    level: levels,
    relative: fc.double({ min: 0.3, max: 30, noNaN: true }),
    at: fc.record({
      x: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
      y: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
    }),
    width: fc.integer({ min: 1, max: 1600 }),
    height: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ image, level, relative, at, width, height }) => {
    const scale = relative / 2 ** level;
    const dx = width / 2 - at.x * image.width * scale;
    const dy = height / 2 - at.y * image.height * scale;
    return { image, level, view: { scale, dx, dy, width, height } };
  });

const placed = ({ image, level, view }: Scene) =>
  tilesInView(view, image, SIZE, level).flatMap((tile) => {
    const place = placeTile(tile, image, SIZE, view);
    return place === null ? [] : [{ tile, place }];
  });

describe("levelFor", () => {
  it.each([
    [0.1, 0.1, null],
    [0.05, 0.1, null],
    [0.11, 0.1, 3],
    [0.25, 0.1, 2],
    [0.25 * (1 + 1e-9), 0.1, 2],
    [0.26, 0.1, 1],
    [0.5, 0.1, 1],
    [0.51, 0.1, 0],
    [1, 0.1, 0],
    [40, 0.1, 0],
    [0.02, 0.01, 3],
  ])("a scale of %d over a preview of %d takes level %s", (scale, preview, level) =>
    expect(levelFor(scale, preview, 4)).toBe(level),
  );

  it("has a pixel for every device pixel, and no finer level than that needs", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 6 }),
        (scale, count) => {
          const level = levelFor(scale, 0, count);
          if (level === null) throw new Error("Nothing is sharper than no preview.");
          if (level > 0) expect(2 ** -level).toBeGreaterThanOrEqual(scale * (1 - 1e-5));
          if (level < count - 1) expect(2 ** -(level + 1)).toBeLessThan(scale);
        },
      ),
    );
  });

  it("takes none where there are none", () => expect(levelFor(1, 0.5, 0)).toBeNull());
});

describe("tileBox", () => {
  it("ends with the image, also where the last pixel of a level sticks out", () => {
    const image = { width: 4001, height: 3000 };
    expect(tileBox({ level: 0, column: 7, row: 5 }, image, SIZE)).toEqual({
      x: 3584,
      y: 2560,
      w: 417,
      h: 440,
    });
    // Level 1 has 2001 columns of pixels; the last one covers columns 4000 and 4001 of which there is no 4001.
    const place = placeTile({ level: 1, column: 3, row: 0 }, image, SIZE, {
      scale: 2,
      dx: -2 * 3072,
      dy: 0,
      width: 4000,
      height: 10,
    });
    expect(place).toMatchObject({ from: { x: 0, w: 464.5 }, to: { x: 0, w: 1858 } });
  });
});

describe("tilesInView", () => {
  it("covers every device pixel of the image in view exactly once, whatever the camera", () => {
    fc.assert(
      fc.property(scenes, fc.double({ max: 1, min: 0, noNaN: true }), (scene, along) => {
        const { image, view } = scene;
        // Pixels whose centre is in the rounded image and in the canvas.
        const inside = (offset: number, length: number, extent: number): number | null => {
          const first = Math.max(Math.round(offset), 0);
          const last = Math.min(Math.round(offset + length * view.scale), extent) - 1;
          return last < first ? null : first + Math.round(along * (last - first));
        };
        const x = inside(view.dx, image.width, view.width);
        const y = inside(view.dy, image.height, view.height);
        fc.pre(x !== null && y !== null);
        const [px, py] = [(x ?? 0) + 0.5, (y ?? 0) + 0.5];
        // Rounding may move an edge into or out of the canvas by half a pixel: look one pixel further in.
        fc.pre(px > 1 && py > 1 && px < view.width - 1 && py < view.height - 1);
        const hits = placed(scene).filter(
          ({ place: { to } }) => px > to.x && px < to.x + to.w && py > to.y && py < to.y + to.h,
        );
        expect(hits).toHaveLength(1);
      }),
    );
  });

  it("names only tiles that exist, those nearest to the centre of the view first", () => {
    fc.assert(
      fc.property(scenes, ({ image, level, view }) => {
        const tiles = tilesInView(view, image, SIZE, level);
        const columns = Math.ceil(Math.ceil(image.width / 2 ** level) / SIZE);
        const rows = Math.ceil(Math.ceil(image.height / 2 ** level) / SIZE);
        const centre = {
          x: (view.width / 2 - view.dx) / view.scale,
          y: (view.height / 2 - view.dy) / view.scale,
        };
        const side = SIZE * 2 ** level;
        const distance = ({ column, row }: TileId) =>
          Math.hypot((column + 0.5) * side - centre.x, (row + 0.5) * side - centre.y);
        tiles.forEach((tile, index) => {
          expect(tile.column >= 0 && tile.column < columns).toBe(true);
          expect(tile.row >= 0 && tile.row < rows).toBe(true);
          const next = tiles[index + 1];
          if (next !== undefined)
            expect(distance(tile)).toBeLessThanOrEqual(distance(next) * (1 + 1e-9) + 1e-6);
        });
      }),
    );
  });

  it("is empty where the image is not in view", () => {
    const view = { scale: 1, dx: -5000, dy: 0, width: 800, height: 600 };
    expect(tilesInView(view, { width: 4000, height: 3000 }, SIZE, 0)).toEqual([]);
  });
});

describe("placeTile", () => {
  it("shows every pixel within half a device pixel of where it belongs", () => {
    fc.assert(
      fc.property(scenes, ({ image, level, view }) => {
        for (const { tile, place } of placed({ image, level, view })) {
          const { from, to } = place;
          const box = tileBox(tile, image, SIZE);
          const pixel = 2 ** level;
          for (const part of [0, 0.5, 1]) {
            const x = (box.x + (from.x + from.w * part) * pixel) * view.scale + view.dx;
            const y = (box.y + (from.y + from.h * part) * pixel) * view.scale + view.dy;
            expect(Math.abs(x - (to.x + to.w * part))).toBeLessThan(0.5 + 1e-6);
            expect(Math.abs(y - (to.y + to.h * part))).toBeLessThan(0.5 + 1e-6);
          }
        }
      }),
    );
  });

  it("has whole device pixels for targets, hardly larger than the canvas", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { view, level } = scene;
        const spare = 2 * Math.ceil(view.scale * 2 ** level);
        for (const { place } of placed(scene)) {
          expect(Object.values(place.to).every(Number.isInteger)).toBe(true);
          expect(place.to.w).toBeLessThanOrEqual(view.width + spare);
          expect(place.to.h).toBeLessThanOrEqual(view.height + spare);
          expect(place.from.x).toBeGreaterThanOrEqual(0);
          expect(place.from.x + place.from.w).toBeLessThanOrEqual(SIZE * (1 + 1e-9));
        }
      }),
    );
  });

  it("takes pixel for pixel at 1:1, wherever the camera stands", () => {
    const view = { scale: 1, dx: -1300.4, dy: 20.3, width: 900, height: 600 };
    const place = placeTile(
      { level: 0, column: 3, row: 0 },
      { width: 4000, height: 3000 },
      SIZE,
      view,
    );
    expect(place).toEqual({
      from: { x: 0, y: 0, w: 512, h: 512 },
      to: { x: 236, y: 20, w: 512, h: 512 },
    });
  });
});
