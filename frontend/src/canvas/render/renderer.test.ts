import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tileKey } from "../kernels/tiles";
import { EditorDriver } from "../testing/editor-driver";
import { boxAnnotation, prediction } from "../testing/fixtures";
import { type Call, recordCanvases } from "../testing/recording-context";
import { Renderer } from "./renderer";

let canvases: ReturnType<typeof recordCanvases>;

beforeEach(() => {
  vi.useFakeTimers();
  canvases = recordCanvases();
});

afterEach(() => {
  canvases.restore();
  vi.useRealTimers();
});

function scene(driver: EditorDriver) {
  const host = document.createElement("div");
  const renderer = new Renderer(host, driver.editor);
  renderer.resize(400, 300, 1);
  driver.editor.zoomTo(1);
  renderer.drawNow();
  const layer = (name: string): Call[] => {
    const canvas = host.querySelector<HTMLCanvasElement>(`[data-layer=${name}]`);
    if (canvas === null) throw new Error(`no layer ${name}`);
    return canvases.of(canvas);
  };
  const count = (name: string, call: string) =>
    layer(name).filter((entry) => entry.name === call).length;
  const forget = () => {
    for (const name of ["image", "shapes", "overlay"]) layer(name).length = 0;
  };
  forget();
  return { host, renderer, driver, layer, count, forget };
}

function pictureOf(width: number, height: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = width;
  picture.height = height;
  return picture;
}

const twoBoxes = () =>
  scene(
    new EditorDriver([boxAnnotation("a", 50, 50, 60, 60), boxAnnotation("b", 250, 150, 40, 40)]),
  );

describe("renderer", () => {
  it("stacks three canvases of the size of the viewport in device pixels", () => {
    const { host, renderer } = twoBoxes();
    renderer.resize(300, 200, 2);
    const sizes = [...host.querySelectorAll("canvas")].map((canvas) => [
      canvas.dataset["layer"],
      canvas.width,
      canvas.height,
    ]);
    expect(sizes).toEqual([
      ["image", 600, 400],
      ["shapes", 600, 400],
      ["overlay", 600, 400],
    ]);
    renderer.destroy();
    expect(host.children).toHaveLength(0);
  });

  it("touches only the overlay for hover and selection, and clears only what it drew", () => {
    const { renderer, driver, layer, count } = twoBoxes();
    driver.click(80, 80);
    renderer.drawNow();
    driver.pointerMove(260, 160);
    renderer.drawNow();
    expect([count("image", "clearRect"), count("shapes", "strokeRect")]).toEqual([0, 0]);
    expect(count("overlay", "strokeRect")).toBeGreaterThan(0);
    const cleared = layer("overlay").filter((call) => call.name === "clearRect");
    for (const { args } of cleared)
      expect(Number(args[2]) * Number(args[3])).toBeLessThan((400 * 300) / 4);
  });

  it("lifts a dragged shape off the committed layer and puts it back, redrawing only its place", () => {
    const { renderer, driver, layer, count, forget } = twoBoxes();
    driver.pointerMove(80, 80).pointerDown(80, 80).pointerMove(100, 80);
    renderer.drawNow();
    // Its place was cleared; the other shape is too far away to be drawn again.
    expect(count("shapes", "clip")).toBe(1);
    expect(count("shapes", "strokeRect")).toBe(0);
    forget();
    driver.pointerMove(120, 80);
    renderer.drawNow();
    expect(layer("shapes")).toEqual([]);
    driver.pointerUp();
    renderer.drawNow();
    expect(count("shapes", "strokeRect")).toBe(1);
  });

  it("snaps strokes to whole device pixels", () => {
    const { layer } = (() => {
      const s = scene(new EditorDriver([boxAnnotation("a", 10.3, 20.7, 30.4, 40.2)]));
      s.driver.editor.setVisibility({});
      s.renderer.drawNow();
      return s;
    })();
    const [x, y, w, h] = layer("shapes").find((call) => call.name === "strokeRect")?.args ?? [];
    expect([x, y, w, h].every((value) => Number.isInteger(value))).toBe(true);
  });

  it("redraws everything when labels, threshold or visibility change", () => {
    const { renderer, driver, count, forget } = scene(
      new EditorDriver(
        [boxAnnotation("a", 50, 50, 60, 60)],
        [prediction("p", { type: "box", x: 200, y: 50, w: 60, h: 60 }, 0.5)],
      ),
    );
    driver.editor.setThreshold(0.6);
    renderer.drawNow();
    expect(count("shapes", "strokeRect")).toBe(1);
    forget();
    driver.editor.setThreshold(0.4);
    renderer.drawNow();
    expect([count("shapes", "strokeRect"), count("shapes", "fillText")]).toEqual([2, 2]);
    forget();
    driver.editor.setVisibility({ names: false });
    renderer.drawNow();
    expect(count("shapes", "fillText")).toBe(1);
    forget();
    driver.editor.setVisibility({ hideAll: true });
    renderer.drawNow();
    expect(count("shapes", "strokeRect")).toBe(0);
  });

  it("draws the picture of the open image only, sharp from three on", () => {
    const { host, renderer, driver, layer, count, forget } = twoBoxes();
    const picture = pictureOf(400, 300);
    renderer.setPicture("image-2", picture);
    renderer.drawNow();
    expect(count("image", "drawImage")).toBe(0);
    renderer.setPicture("image-1", picture);
    renderer.drawNow();
    expect(
      layer("image")
        .find((call) => call.name === "drawImage")
        ?.args.slice(1),
    ).toEqual([0, 0, 400, 300]);
    forget();
    driver.editor.zoomTo(2.9);
    renderer.drawNow();
    const smoothing = () => host.querySelector("canvas")?.getContext("2d")?.imageSmoothingEnabled;
    const smooth = smoothing();
    driver.editor.zoomTo(3);
    renderer.drawNow();
    expect([smooth, smoothing()]).toEqual([true, false]);
  });

  it("draws a preview soft at any zoom, and only its visible part when enlarged", () => {
    const { host, renderer, driver, layer, forget } = twoBoxes();
    renderer.setPicture("image-1", pictureOf(200, 150));
    forget();
    driver.editor.zoomTo(4);
    renderer.drawNow();
    expect(host.querySelector("canvas")?.getContext("2d")?.imageSmoothingEnabled).toBe(true);
    const [, x, y, w, h] = layer("image").find((call) => call.name === "drawImage")?.args ?? [];
    // A quarter of each side is in view.
    expect([x, y, w, h]).toEqual([75, 56, 50, 38]);
  });

  it("lays tiles over the preview, and leaves the preview out once they cover the view", async () => {
    const { renderer, driver, layer, count, forget } = twoBoxes();
    const bitmap = { width: 256, height: 256, close: vi.fn() } as unknown as ImageBitmap;
    const asked: string[] = [];
    const preview = pictureOf(300, 225);
    renderer.setPicture("image-1", preview, {
      size: 256,
      levels: 1,
      budget: 1e6,
      load: async (tile) => {
        asked.push(tileKey(tile));
        return bitmap;
      },
      waiting: () => {},
    });
    renderer.drawNow();
    expect(layer("image").find((call) => call.name === "drawImage")?.args[0]).toBe(preview);
    forget();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.sort()).toEqual(["0/0_0", "0/0_1", "0/1_0", "0/1_1"]);
    const drawn = layer("image").filter((call) => call.name === "drawImage");
    expect(drawn.every(({ args }) => args[0] === bitmap)).toBe(true);
    expect(drawn).toHaveLength(4);
    // Zoomed out, the preview has enough pixels.
    driver.editor.zoomTo(0.5);
    forget();
    renderer.drawNow();
    expect(count("image", "drawImage")).toBe(1);
    renderer.destroy();
    expect(bitmap.close).toHaveBeenCalledTimes(4);
  });

  it("shows where the picture belongs while it is not here", () => {
    const { driver, renderer, layer, forget } = twoBoxes();
    renderer.setPicture("image-1", pictureOf(200, 150));
    renderer.drawNow();
    forget();
    renderer.setPicture("image-1", null);
    renderer.drawNow();
    const { x, y } = driver.editor.workspace.view.camera;
    const { width, height } = driver.editor.workspace.size;
    const papers = layer("image").filter(({ name }) => name === "fillRect");
    expect(papers.map(({ args }) => args)).toEqual([[Math.round(x), Math.round(y), width, height]]);
  });

  it("draws nothing instead of failing when the picture was closed meanwhile", () => {
    const { renderer, count } = twoBoxes();
    renderer.setPicture("image-1", pictureOf(0, 0));
    renderer.drawNow();
    expect(count("image", "drawImage")).toBe(0);
  });

  it("asks for one frame for many changes", () => {
    const frames = vi.spyOn(globalThis, "requestAnimationFrame");
    const { driver } = twoBoxes();
    frames.mockClear();
    driver.pointerMove(80, 80).pointerMove(81, 80).click(82, 80);
    expect(frames).toHaveBeenCalledTimes(1);
  });

  it("moves the finished raster while the camera moves when drawing it is slow, and redraws at rest", () => {
    const { renderer, driver, host, count, forget } = twoBoxes();
    // Only the clock decides whether a raster is slow: let it take ten milliseconds.
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += 10;
      return now;
    });
    driver.editor.zoomTo(1.5);
    renderer.drawNow();
    forget();
    driver.editor.zoomTo(3);
    renderer.drawNow();
    const canvas = host.querySelector<HTMLCanvasElement>("[data-layer=shapes]");
    expect(canvas?.style.transform).toMatch(/^matrix\(2,/);
    expect(count("shapes", "strokeRect")).toBe(0);
    vi.advanceTimersByTime(200);
    renderer.drawNow();
    expect(canvas?.style.transform).toBe("");
    expect(count("shapes", "clearRect")).toBe(1);
  });
});
