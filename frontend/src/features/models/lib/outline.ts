import type { Shape } from "../types";

type Numbers = readonly number[];
const numbers = (value: unknown): Numbers =>
  Array.isArray(value) ? value.filter((one): one is number => typeof one === "number") : [];
const at = (geometry: Shape["geometry"], key: string): number => {
  const value = geometry[key];
  return typeof value === "number" ? value : 0;
};

function ring(points: Numbers): string {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) pairs.push(`${points[i]} ${points[i + 1]}`);
  return pairs.length === 0 ? "" : `M${pairs.join("L")}Z`;
}

function rectangle(x: number, y: number, w: number, h: number): string {
  return `M${x} ${y}h${w}v${h}h${-w}Z`;
}

/** SVG path of a geometry in image pixels; masks are shown by their bounding box, tags by nothing. */
export function outlineOf(geometry: Shape["geometry"]): string {
  switch (geometry.type) {
    case "box":
      return rectangle(at(geometry, "x"), at(geometry, "y"), at(geometry, "w"), at(geometry, "h"));
    case "mask": {
      const [x = 0, y = 0, w = 0, h = 0] = numbers(geometry["bbox"]);
      return rectangle(x, y, w, h);
    }
    case "polygon": {
      const parts = Array.isArray(geometry["parts"]) ? geometry["parts"] : [];
      return parts
        .map((part: unknown) => {
          if (typeof part !== "object" || part === null) return "";
          const { outer, holes } = part as { outer?: unknown; holes?: unknown };
          const inner = Array.isArray(holes) ? holes.map((hole) => ring(numbers(hole))) : [];
          return [ring(numbers(outer)), ...inner].join("");
        })
        .join("");
    }
    default:
      return "";
  }
}
