import { clampPoint } from "../geometry/box";
import {
  nearestEdge,
  partsArea,
  partsBounds,
  partsContain,
  pointAt,
  pointCount,
  ringArea,
  translatePoints,
} from "../geometry/polygon";
import type { FlatPoints, PolygonGeometry, PolygonPart } from "../geometry/types";
import { tracePoints } from "./paths";
import {
  type EdgeHit,
  expectKind,
  GeometryError,
  type Handle,
  requireFinite,
  type ShapeUtil,
} from "./shape-util";
import { insertPoint, removePoint, replacePoint, tidyPoints } from "./vertices";

/** Ring 0 of a part is its outer ring, 1 … its holes. */
interface VertexRef {
  readonly part: number;
  readonly ring: number;
  readonly index: number;
}

const vertexId = (ref: VertexRef): string => `v:${ref.part}:${ref.ring}:${ref.index}`;
const edgeId = (ref: VertexRef): string => `e:${ref.part}:${ref.ring}:${ref.index}`;

function parseRef(id: string): VertexRef | null {
  const match = /^[ve]:(\d+):(\d+):(\d+)$/.exec(id);
  return match === null
    ? null
    : { part: Number(match[1]), ring: Number(match[2]), index: Number(match[3]) };
}

function ringsOf(g: PolygonGeometry): { ring: FlatPoints; ref: VertexRef }[] {
  return g.parts.flatMap((part, partIndex) =>
    [part.outer, ...part.holes].map((ring, ringIndex) => ({
      ring,
      ref: { part: partIndex, ring: ringIndex, index: 0 },
    })),
  );
}

/** Replaces one ring; null removes it, and with an outer ring its whole part. */
function mapRing(
  g: PolygonGeometry,
  ref: VertexRef,
  change: (ring: FlatPoints) => FlatPoints | null,
): PolygonGeometry {
  const parts = g.parts.flatMap((part, partIndex): PolygonPart[] => {
    if (partIndex !== ref.part) return [part];
    if (ref.ring === 0) {
      const outer = change(part.outer);
      return outer === null ? [] : [{ ...part, outer }];
    }
    const holes = part.holes.flatMap((hole, i) => {
      const changed = i === ref.ring - 1 ? change(hole) : hole;
      return changed === null ? [] : [changed];
    });
    return [{ ...part, holes }];
  });
  return { type: "polygon", parts };
}

export const polygonShape: ShapeUtil<PolygonGeometry> = {
  kind: "polygon",
  bounds: (g) => partsBounds(g.parts),
  area: (g) => partsArea(g.parts),
  contains: (g, p) => partsContain(g.parts, p),
  nearestEdge(g, p) {
    let best: EdgeHit | null = null;
    for (const { ring, ref } of ringsOf(g)) {
      const hit = nearestEdge(ring, p, true);
      if (hit === null || (best !== null && hit.distance >= best.distance)) continue;
      const edge = edgeId({ ...ref, index: hit.index });
      best = { edge, distance: hit.distance, point: hit.point, action: "insert", cursor: "copy" };
    }
    return best;
  },
  handles(g) {
    return ringsOf(g).flatMap(({ ring, ref }) =>
      Array.from({ length: pointCount(ring) }, (_, index): Handle => {
        return {
          id: vertexId({ ...ref, index }),
          kind: "vertex",
          point: pointAt(ring, index),
          cursor: "pointer",
        };
      }),
    );
  },
  dragHandle(g, handle, to, { size }) {
    const ref = parseRef(handle);
    if (ref === null) return g;
    return mapRing(g, ref, (ring) => replacePoint(ring, ref.index, clampPoint(to, size)));
  },
  insertVertex(g, edge) {
    const ref = parseRef(edge.edge);
    if (ref === null) return null;
    const geometry = mapRing(g, ref, (ring) => insertPoint(ring, ref.index, edge.point));
    return { geometry, handle: vertexId({ ...ref, index: ref.index + 1 }) };
  },
  removeVertex(g, handle) {
    const ref = parseRef(handle);
    if (ref === null) return null;
    const changed = mapRing(g, ref, (ring) =>
      pointCount(ring) > 3 ? removePoint(ring, ref.index) : null,
    );
    return changed.parts.length > 0 ? changed : null;
  },
  translate(g, delta) {
    const parts = g.parts.map((part) => ({
      outer: translatePoints(part.outer, delta),
      holes: part.holes.map((hole) => translatePoints(hole, delta)),
    }));
    return { type: "polygon", parts };
  },
  finish(g, size) {
    const keep = (ring: FlatPoints): boolean => pointCount(ring) >= 3 && ringArea(ring) > 0;
    const parts = g.parts
      .map((part) => ({
        outer: tidyPoints(part.outer, size, true),
        holes: part.holes.map((hole) => tidyPoints(hole, size, true)).filter(keep),
      }))
      .filter((part) => keep(part.outer));
    return parts.length > 0 ? { type: "polygon", parts } : null;
  },
  draw(ctx, g, view, paint) {
    ctx.beginPath();
    for (const { ring } of ringsOf(g)) tracePoints(ctx, ring, view, true);
    if (paint.fill !== null) ctx.fill("evenodd");
    ctx.stroke();
  },
  toJson: (g) => ({
    type: "polygon",
    parts: g.parts.map((part) => ({
      outer: part.outer.slice(),
      holes: part.holes.map((hole) => hole.slice()),
    })),
  }),
  fromJson(wire) {
    const { parts } = expectKind(wire, "polygon");
    if (!Array.isArray(parts) || parts.length === 0)
      throw new GeometryError("The polygon has no parts.");
    for (const ring of parts.flatMap((part) => [part.outer, ...(part.holes ?? [])])) {
      if (!Array.isArray(ring) || ring.length < 6 || ring.length % 2 !== 0) {
        throw new GeometryError("A ring of the polygon has fewer than three points.");
      }
      requireFinite(ring, "polygon");
    }
    return {
      type: "polygon",
      parts: parts.map((part) => ({ outer: part.outer, holes: part.holes ?? [] })),
    };
  },
};
