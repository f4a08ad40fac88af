// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clampCamera,
  fitBox,
  MAX_ZOOM,
  minZoom,
  toImage,
  toScreen,
  wheelFactor,
  zoomAt,
} from "./camera";

const viewport = { width: 800, height: 600 };
const image = { width: 4000, height: 3000 };
const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true });
const points = fc.record({ x: coordinate, y: coordinate });
const cameras = fc.record({
  x: coordinate,
  y: coordinate,
  zoom: fc.double({ min: 0.01, max: 64, noNaN: true }),
});

describe("camera", () => {
  it("goes to the screen and back", () => {
    fc.assert(
      fc.property(cameras, points, (camera, p) => {
        const back = toImage(camera, toScreen(camera, p));
        expect(back.x).toBeCloseTo(p.x, 5);
        expect(back.y).toBeCloseTo(p.y, 5);
      }),
    );
  });

  it("keeps the point under the cursor when zooming", () => {
    fc.assert(
      fc.property(
        cameras,
        points,
        fc.double({ min: 0.05, max: 64, noNaN: true }),
        (camera, anchor, zoom) => {
          const before = toImage(camera, anchor);
          const after = toScreen(zoomAt(camera, anchor, zoom), before);
          expect(after.x).toBeCloseTo(anchor.x, 3);
          expect(after.y).toBeCloseTo(anchor.y, 3);
        },
      ),
    );
  });

  it("fits and centres", () => {
    const camera = fitBox({ x: 0, y: 0, w: 4000, h: 3000 }, viewport, 0);
    expect(camera).toEqual({ x: 0, y: 0, zoom: 0.2 });
    expect(fitBox({ x: 10, y: 10, w: 1, h: 1 }, viewport).zoom).toBe(MAX_ZOOM);
  });

  it("never loses the image and never leaves the range of zoom", () => {
    fc.assert(
      fc.property(cameras, (camera) => {
        const clamped = clampCamera(camera, image, viewport);
        expect(clamped.zoom).toBeGreaterThanOrEqual(minZoom(image, viewport));
        expect(clamped.zoom).toBeLessThanOrEqual(MAX_ZOOM);
        const corner = toScreen(clamped, { x: image.width, y: image.height });
        expect(clamped.x < viewport.width && clamped.y < viewport.height).toBe(true);
        expect(corner.x > 0 && corner.y > 0).toBe(true);
      }),
    );
  });

  it("turns the wheel into a factor that reverses", () => {
    expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1, 12);
    expect(wheelFactor(-100)).toBeGreaterThan(1.2);
    expect(wheelFactor(-100_000)).toBe(wheelFactor(-300));
  });
});
