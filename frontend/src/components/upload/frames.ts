/** Which frames of a video become pictures; remembered in this browser, because people film in one way. */
export interface FrameChoice {
  readonly by: "rate" | "step" | "scene";
  /** Pictures a second. */
  readonly rate: number;
  /** Every so many frames. */
  readonly step: number;
  /** From 0.01 (many scenes) to 1 (few). */
  readonly sensitivity: number;
  /** At most so many pictures of one video. */
  readonly most: number;
}

export const DEFAULT_FRAMES: FrameChoice = {
  by: "rate",
  rate: 1,
  step: 30,
  sensitivity: 0.3,
  most: 2000,
};

const KEY = "marquee:video-frames";

const within = (value: unknown, low: number, high: number, other: number) =>
  typeof value === "number" && value >= low && value <= high ? value : other;

/** Whatever was stored, made usable. */
export function readChoice(text: string | null): FrameChoice {
  try {
    const given = JSON.parse(text ?? "{}") as Partial<Record<keyof FrameChoice, unknown>> | null;
    const by = given?.by === "step" || given?.by === "scene" ? given.by : "rate";
    return {
      by,
      rate: within(given?.rate, 0.001, 120, DEFAULT_FRAMES.rate),
      step: Math.round(within(given?.step, 1, 100_000, DEFAULT_FRAMES.step)),
      sensitivity: within(given?.sensitivity, 0.01, 1, DEFAULT_FRAMES.sensitivity),
      most: Math.round(within(given?.most, 1, 20_000, DEFAULT_FRAMES.most)),
    };
  } catch {
    return DEFAULT_FRAMES;
  }
}

/** The choice that holds now. */
export const frameChoice = (): FrameChoice => readChoice(localStorage.getItem(KEY));

/** Keeps a choice for the next videos. */
export const keepFrameChoice = (choice: FrameChoice): void =>
  localStorage.setItem(KEY, JSON.stringify(choice));
