import type { ImageItem } from "@/api/types";
import type { WireAnnotation, WireGeometry } from "@/canvas/geometry/wire";
import { geometryFromJson, shapeUtil } from "@/canvas/shapes/registry";

interface Props {
  /** The image behind it, when it is the open one. */
  readonly image: ImageItem | null;
  readonly annotation: WireAnnotation;
  readonly color: string;
}

const pairs = (flat: readonly number[]): string =>
  flat.map((value, at) => `${value}${at % 2 === 0 ? "," : " "}`).join("");

/** The shape as an SVG path; a mask is shown by its box. */
function Outline({ geometry }: { readonly geometry: WireGeometry }) {
  const look = { fill: "none", vectorEffect: "non-scaling-stroke" } as const;
  switch (geometry.type) {
    case "box":
      return (
        <rect x={geometry.x} y={geometry.y} width={geometry.w} height={geometry.h} {...look} />
      );
    case "rotated_box": {
      const { cx, cy, w, h, angle } = geometry;
      return (
        <rect
          x={cx - w / 2}
          y={cy - h / 2}
          width={w}
          height={h}
          transform={`rotate(${angle} ${cx} ${cy})`}
          {...look}
        />
      );
    }
    case "ellipse": {
      const { cx, cy, rx, ry, rotation } = geometry;
      return (
        <ellipse
          cx={cx}
          cy={cy}
          rx={rx}
          ry={ry}
          transform={`rotate(${rotation} ${cx} ${cy})`}
          {...look}
        />
      );
    }
    case "polygon":
      return geometry.parts.map((part) => (
        <polygon key={part.outer.join()} points={pairs(part.outer)} {...look} />
      ));
    case "polyline":
      return <polyline points={pairs(geometry.points)} {...look} />;
    case "mask": {
      const [x, y, w, h] = geometry.bbox;
      return <rect x={x} y={y} width={w} height={h} strokeDasharray="4 3" {...look} />;
    }
    case "points":
    case "keypoints":
    case "tag":
      return null;
  }
}

/** One shape with its surroundings, small. */
export function ShapePreview({ image, annotation, color }: Props) {
  const geometry = geometryFromJson(annotation.geometry);
  const bounds = shapeUtil(geometry).bounds(geometry);
  const whole = { x: 0, y: 0, w: image?.width ?? 100, h: image?.height ?? 100 };
  const { x, y, w, h } = bounds ?? whole;
  const margin = bounds === null ? 0 : Math.max(w, h, 24) * 0.5;
  const view = [x - margin, y - margin, w + 2 * margin, h + 2 * margin].join(" ");
  return (
    <svg viewBox={view} role="img" aria-label="The shape on the image">
      {image !== null && image.preview_url !== null && (
        <image href={image.preview_url} width={image.width} height={image.height} />
      )}
      <g stroke={color} strokeWidth={2}>
        <Outline geometry={annotation.geometry} />
      </g>
    </svg>
  );
}
