/** A large scene that is the same on every machine: for the benchmark page and for tests of scale. */
import type { EditorImage } from "../editor";
import type { WireAnnotation } from "../geometry/wire";
import { annotation } from "./fixtures";

export interface BenchmarkScene {
  readonly image: EditorImage;
  readonly annotations: readonly WireAnnotation[];
}

export interface BenchmarkOptions {
  readonly boxes?: number;
  readonly polygons?: number;
  /** Points per polygon. */
  readonly points?: number;
  readonly labels?: number;
}

/** mulberry32: a small generator with a fixed seed, so that two runs draw the same picture. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** By default 10,000 boxes and 500 polygons of 100 points on 4000 × 3000 pixels, in 12 classes. */
export function benchmarkScene(options: BenchmarkOptions = {}): BenchmarkScene {
  const { boxes = 10_000, polygons = 500, points = 100, labels = 12 } = options;
  const image = { id: "benchmark", width: 4000, height: 3000 };
  const random = generator(7);
  const annotations: WireAnnotation[] = [];
  const label = (i: number): { label: number; z_order: number } => ({
    label: 1 + (i % labels),
    z_order: i,
  });
  for (let i = 0; i < boxes; i += 1) {
    const w = 12 + random() * 90;
    const h = 12 + random() * 90;
    const x = random() * (image.width - w);
    const y = random() * (image.height - h);
    annotations.push(annotation(`box-${i}`, { type: "box", x, y, w, h }, label(i)));
  }
  for (let i = 0; i < polygons; i += 1) {
    const centre = {
      x: 150 + random() * (image.width - 300),
      y: 150 + random() * (image.height - 300),
    };
    const outer = blob(centre, 40 + random() * 100, points, random);
    annotations.push(
      annotation(`polygon-${i}`, { type: "polygon", parts: [{ outer, holes: [] }] }, label(i)),
    );
  }
  return { image, annotations };
}

function blob(
  centre: { readonly x: number; readonly y: number },
  radius: number,
  points: number,
  random: () => number,
): number[] {
  return Array.from({ length: points }).flatMap((_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const r = radius * (0.75 + 0.25 * random());
    return [centre.x + r * Math.cos(angle), centre.y + r * Math.sin(angle)];
  });
}
