/** The page of the canvas benchmark: the engine, and a loop that draws everything anew for every frame. */
import { Editor } from "../../../frontend/src/canvas/editor";
import type { WireAnnotation } from "../../../frontend/src/canvas/geometry/wire";
import { mount } from "../../../frontend/src/canvas/render/mount";
import { benchmarkScene } from "../../../frontend/src/canvas/testing/benchmark-scene";

/** Milliseconds: script of each frame, the handlers before it, and from frame to frame. */
interface Samples {
  readonly script: number[];
  readonly handler: number[];
  readonly interval: number[];
}

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
const color = (label: number) => `hsl(${label * 30} 70% 55%)`;

/** Makes `steps` small changes, one a frame; `script` tells what drawing the frame cost. */
async function follow(steps: number, change: (step: number) => void, script: () => number): Promise<Samples> {
  const samples: Samples = { script: [], handler: [], interval: [] };
  let before = await frame();
  for (let step = 0; step < steps; step += 1) {
    const start = performance.now();
    change(step);
    samples.handler.push(performance.now() - start);
    const now = await frame();
    // Callbacks run in the order in which they were asked for: what the change asked for has been drawn.
    samples.script.push(script());
    samples.interval.push(now - before);
    before = now;
  }
  return samples;
}

function host(): HTMLDivElement {
  const element = document.createElement("div");
  element.style.cssText = "position:fixed;inset:0";
  document.body.replaceChildren(element);
  return element;
}

const wheel = (step: number, zoom: boolean) =>
  new WheelEvent("wheel", {
    clientX: 640, clientY: 400, deltaX: zoom ? 0 : 8 * Math.sign(Math.sin(step / 20)), deltaY: zoom ? (step % 40 < 20 ? -4 : 4) : 3,
    ctrlKey: zoom, bubbles: true, cancelable: true,
  });
const pointer = (type: string, x: number, y: number, buttons: number) =>
  new PointerEvent(type, { clientX: x, clientY: y, button: type === "pointermove" ? -1 : 0, buttons, pointerId: 1, isPrimary: true, pointerType: "mouse", bubbles: true, cancelable: true });

async function engine(steps: number) {
  const scene = benchmarkScene();
  const editor = new Editor({ labels: (id) => ({ name: `class ${id}`, color: color(id) }) });
  const element = host();
  const mounted = mount(element, editor);
  const start = performance.now();
  editor.load(scene.image, [...scene.annotations]);
  const load = performance.now() - start;
  mounted.renderer.drawNow();
  const first = performance.now() - start;
  await frame();
  const cost = () => mounted.renderer.lastFrame.frame;
  const send = (event: Event) => element.dispatchEvent(event);
  const pan = await follow(steps, (step) => send(wheel(step, false)), cost);
  const zoom = await follow(steps, (step) => send(wheel(step, true)), cost);
  const hover = await follow(steps, (step) => send(pointer("pointermove", 200 + step * 4, 300 + (step % 50) * 4, 0)), cost);
  const shape = [...scene.annotations].reverse().find(({ geometry }) => geometry.type === "box");
  if (shape !== undefined) editor.select([shape.id]);
  const drag = await follow(steps, (step) => editor.nudge(step % 2 === 0 ? 1 : -1, 0), cost);
  mounted.destroy();
  return { load, first, pan, zoom, hover, drag };
}

async function naive(steps: number) {
  const scene = benchmarkScene();
  const canvas = document.createElement("canvas");
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  host().append(canvas);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser draws nothing.");
  let last = 0;
  const scale = Math.min(canvas.width / scene.image.width, canvas.height / scene.image.height);
  const draw = (x: number, y: number) => {
    const start = performance.now();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, x, y);
    context.lineWidth = 1.5 / scale;
    for (const shape of scene.annotations) drawShape(context, shape);
    last = performance.now() - start;
  };
  const start = performance.now();
  draw(0, 0);
  const first = performance.now() - start;
  const pan = await follow(steps, (step) => requestAnimationFrame(() => draw(step % 30, step % 20)), () => last);
  return { first, pan };
}

function drawShape(context: CanvasRenderingContext2D, { geometry, label }: WireAnnotation): void {
  context.strokeStyle = color(label);
  context.fillStyle = `hsl(${label * 30} 70% 55% / 0.12)`;
  if (geometry.type === "box") {
    context.fillRect(geometry.x, geometry.y, geometry.w, geometry.h);
    context.strokeRect(geometry.x, geometry.y, geometry.w, geometry.h);
  } else if (geometry.type === "polygon") {
    for (const { outer } of geometry.parts) {
      context.beginPath();
      for (let i = 0; i < outer.length; i += 2) context.lineTo(outer[i] ?? 0, outer[i + 1] ?? 0);
      context.closePath();
      context.fill();
      context.stroke();
    }
  }
}

Object.assign(window, { benchmark: { engine, naive } });
