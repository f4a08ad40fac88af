import type { WireAnnotation } from "@/canvas/geometry/wire";

interface Known {
  readonly id: string;
  readonly revision: number;
}

/**
 * What changes on the canvas when the server tells its state: newer versions come in, shapes that others deleted go.
 * Shapes with unsaved changes of this browser are left alone; if they clash, the save will say so.
 */
export function remoteChange(
  here: readonly Known[],
  there: readonly WireAnnotation[],
  unsaved: (id: string) => boolean,
): { upserts: WireAnnotation[]; removed: string[] } {
  const revisions = new Map(here.map(({ id, revision }) => [id, revision]));
  const present = new Set(there.map(({ id }) => id));
  return {
    upserts: there.filter(
      ({ id, revision }) => !unsaved(id) && revision > (revisions.get(id) ?? -1),
    ),
    removed: here
      .filter(({ id, revision }) => revision > 0 && !present.has(id) && !unsaved(id))
      .map(({ id }) => id),
  };
}
