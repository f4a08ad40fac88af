/** A 2D context that draws nothing and writes down what it was asked: for tests of layers without a browser. */

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

export interface Recording {
  readonly ctx: CanvasRenderingContext2D;
  readonly calls: Call[];
}

/** Methods that give something back which callers use. */
const ANSWERS: Readonly<Record<string, unknown>> = { measureText: { width: 30 } };

export function recordingContext(canvas: HTMLCanvasElement): Recording {
  const calls: Call[] = [];
  const state = new Map<string | symbol, unknown>([["canvas", canvas]]);
  const ctx = new Proxy(
    {},
    {
      get: (_target, name) => {
        if (state.has(name)) return state.get(name);
        return (...args: unknown[]): unknown => {
          calls.push({ name: String(name), args });
          return ANSWERS[String(name)];
        };
      },
      set: (_target, name, value) => {
        state.set(name, value);
        return true;
      },
    },
  );
  return { ctx: ctx as CanvasRenderingContext2D, calls };
}

/** Lets every canvas of jsdom have a recording context; `of` finds it again. Call `restore` at the end. */
export function recordCanvases(): {
  of: (canvas: HTMLCanvasElement) => Call[];
  restore: () => void;
} {
  const recordings = new WeakMap<HTMLCanvasElement, Recording>();
  const original = HTMLCanvasElement.prototype.getContext;
  const get = (canvas: HTMLCanvasElement): Recording => {
    const recording = recordings.get(canvas) ?? recordingContext(canvas);
    recordings.set(canvas, recording);
    return recording;
  };
  HTMLCanvasElement.prototype.getContext = function getContext(this: HTMLCanvasElement) {
    return get(this).ctx;
  } as unknown as typeof original;
  return {
    of: (canvas) => get(canvas).calls,
    restore: () => {
      HTMLCanvasElement.prototype.getContext = original;
    },
  };
}
