/** How shapes look: colours come from the labels, the rest is here. */
import type { ShapeRecord } from "../scene/records";
import type { Paint } from "../shapes/shape-util";

/** Tokens of the overlay; neutral, so that they never compete with label colours. */
export const OVERLAY = {
  casing: "#0b0d10b0",
  handle: "#ffffff",
  handleEdge: "#1b1f27",
  crosshair: "#ffffffb0",
  crosshairCasing: "#00000080",
  marquee: "#5b6cff",
  marqueeFill: "#5b6cff1f",
  snap: "#ff4fd8",
  chipText: "#ffffff",
  chipDark: "#14171c",
  grid: "#8080804d",
  paper: "#8080801f",
} as const;

const FILL_ALPHA = "21";
const ACTIVE_FILL_ALPHA = "33";
const MASK_ALPHA = "73";
const SUGGESTION_ALPHA = "d9";

export const withAlpha = (color: string, alpha: string): string =>
  /^#[0-9a-f]{6}$/i.test(color) ? `${color}${alpha}` : color;

export type PaintKind = "plain" | "filled" | "active";

/** Paints of one ratio of device pixels; the same object for equal looks, so that state is set rarely. */
export class Paints {
  private readonly cache = new Map<string, Paint>();

  constructor(private readonly ratio: number) {}

  of(record: Pick<ShapeRecord, "geometry" | "prediction">, color: string, kind: PaintKind): Paint {
    const mask = record.geometry.type === "mask";
    const key = `${color}|${kind}|${mask}|${record.prediction}`;
    let paint = this.cache.get(key);
    if (paint === undefined) {
      paint = this.make(color, kind, mask, record.prediction);
      this.cache.set(key, paint);
    }
    return paint;
  }

  private make(color: string, kind: PaintKind, mask: boolean, prediction: boolean): Paint {
    const alpha = mask ? MASK_ALPHA : kind === "active" ? ACTIVE_FILL_ALPHA : FILL_ALPHA;
    const wide = kind === "active" ? 2 : kind === "filled" || prediction ? 1.5 : 1;
    return {
      stroke: prediction && kind !== "active" ? withAlpha(color, SUGGESTION_ALPHA) : color,
      fill: kind === "plain" && !mask ? null : withAlpha(color, alpha),
      width: Math.max(1, Math.round(wide * this.ratio)),
      dash: prediction ? [6 * this.ratio, 4 * this.ratio] : [],
    };
  }
}

export function applyPaint(ctx: CanvasRenderingContext2D, paint: Paint): void {
  ctx.strokeStyle = paint.stroke;
  ctx.lineWidth = paint.width;
  ctx.setLineDash([...paint.dash]);
  if (paint.fill !== null) ctx.fillStyle = paint.fill;
}

/** Black or white, whichever reads better on the colour (WCAG relative luminance). */
export function textOn(color: string): string {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color);
  if (match === null) return OVERLAY.chipText;
  const channel = (i: number): number => {
    const value = Number.parseInt(match[i] ?? "0", 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(2) + 0.0722 * channel(3);
  return luminance > 0.179 ? OVERLAY.chipDark : OVERLAY.chipText;
}
