// @vitest-environment node
import { describe, expect, it } from "vitest";
import { CameraState } from "./camera";

function camera(): CameraState {
  const state = new CameraState();
  state.setViewport({ width: 800, height: 600 });
  state.setImage({ width: 400, height: 300 }, false);
  return state;
}

describe("camera of the scene", () => {
  it("shows a new image whole", () => {
    const state = camera();
    expect(state.toScreen({ x: 200, y: 150 })).toEqual({ x: 400, y: 300 });
    expect(state.toScreen({ x: 0, y: 0 }).x).toBeGreaterThanOrEqual(0);
  });

  it("stays fitted when the window changes, unless someone moved", () => {
    const state = camera();
    state.setViewport({ width: 1600, height: 1200 });
    expect(state.camera.zoom).toBeCloseTo(3.84, 2);
    state.zoomTo(2);
    const centre = state.toImage({ x: 800, y: 600 });
    state.setViewport({ width: 1000, height: 1000 });
    expect(state.camera.zoom).toBe(2);
    expect(state.toImage({ x: 500, y: 500 })).toEqual(centre);
  });

  it("keeps the view from image to image when asked", () => {
    const state = camera();
    state.zoomTo(5, { x: 100, y: 100 });
    const { camera: before } = state;
    state.setImage({ width: 400, height: 300 }, true);
    expect(state.camera).toEqual(before);
    state.setImage({ width: 400, height: 300 }, false);
    expect(state.camera.zoom).toBeLessThan(2);
  });

  it("zooms to a box with room around it, not closer than eight", () => {
    const state = camera();
    state.fitTo({ x: 10, y: 10, w: 2, h: 2 });
    expect(state.camera.zoom).toBe(8);
    state.fitTo({ x: 100, y: 100, w: 200, h: 100 });
    expect(state.toImage({ x: 400, y: 300 })).toEqual({ x: 200, y: 150 });
  });
});
