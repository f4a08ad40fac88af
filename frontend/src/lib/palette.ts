/** Twenty class colours, spaced for normal, deuteranopic and protanopic vision; the order maximises the distance of any prefix. */
export const CLASS_COLORS = [
  "#f6494d",
  "#64c9fd",
  "#ebd509",
  "#a826c9",
  "#96e6c7",
  "#38988e",
  "#ef996c",
  "#cc185f",
  "#7a78dd",
  "#65a607",
  "#f986b8",
  "#d02010",
  "#a96473",
  "#87e4ee",
  "#cd867a",
  "#53f59f",
  "#05893e",
  "#7a659e",
  "#27beb1",
  "#a06108",
] as const;

/** The colour at a position; starts again after twenty. */
export function classColor(index: number): string {
  return CLASS_COLORS[index % CLASS_COLORS.length] ?? CLASS_COLORS[0];
}

/** The first colour of the palette that none of `used` has, or the next in order when all are taken. */
export function nextClassColor(used: readonly string[]): string {
  const taken = new Set(used.map((color) => color.toLowerCase()));
  return CLASS_COLORS.find((color) => !taken.has(color)) ?? classColor(used.length);
}

/** Relative luminance (WCAG 2) of "#rrggbb"; 0 black, 1 white. */
export function luminance(hex: string): number {
  const channel = (offset: number) => {
    const value = Number.parseInt(hex.slice(offset, offset + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** Black or white, whichever reads better on `hex`. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  const light = luminance(hex);
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}
