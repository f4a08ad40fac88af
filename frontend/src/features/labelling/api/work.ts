/** The requests of the labelling page. */
import { http } from "@/api/http";
import type { ImageItem, Paginated } from "@/api/types";
import type { WireAnnotation, WirePrediction } from "@/canvas/geometry/wire";

export interface Assignment {
  readonly id: string;
  readonly lease_until: string;
}

export interface Assigned {
  readonly assignment: Assignment;
  readonly image: ImageItem;
}

export interface QueueView {
  /** Images that this person could still label. */
  readonly remaining: number;
  /** One more than are done, of all images of the project. */
  readonly position: number;
  readonly total: number;
  readonly upcoming: readonly ImageItem[];
}

export interface SavedShapes {
  readonly image_revision: number;
  readonly annotations: readonly WireAnnotation[];
}

export interface ModelRef {
  readonly id: string;
  readonly number: number;
  readonly name?: string;
}

export interface Suggestions {
  readonly model: ModelRef | null;
  readonly predictions: readonly WirePrediction[];
}

export interface Neighbours {
  readonly previous: string | null;
  readonly next: string | null;
}

export type NextRequest =
  | { readonly after?: string }
  | { readonly image: string; readonly take_over?: boolean };

export interface WorkApi {
  /** An image to label with a lease on it, or null when the queue has nothing left. */
  next(project: string, request: NextRequest): Promise<Assigned | null>;
  /** The first image of a project, null when it has none. */
  first(project: string): Promise<ImageItem | null>;
  image(id: string): Promise<ImageItem>;
  annotations(image: string): Promise<SavedShapes>;
  suggestions(image: string): Promise<Suggestions>;
  queue(project: string): Promise<QueueView>;
  neighbours(image: string): Promise<Neighbours>;
  heartbeat(assignment: string): Promise<unknown>;
  submit(assignment: string): Promise<unknown>;
  skip(assignment: string, reason: string): Promise<unknown>;
  release(assignment: string): Promise<unknown>;
  reopen(image: string): Promise<unknown>;
}

/** An answer may name a neighbour by id or show it whole. */
type Neighbour = string | { readonly id: string } | null;
const idOf = (neighbour: Neighbour): string | null =>
  typeof neighbour === "object" ? (neighbour?.id ?? null) : neighbour;

export const workApi: WorkApi = {
  next: (project, request) =>
    http.post<Assigned | null>(`/projects/${project}/queue/next`, request),
  first: async (project) => {
    const path = `/projects/${project}/images`;
    const { results } = await http.get<Paginated<ImageItem>>(path, { limit: 1 });
    return results[0] ?? null;
  },
  image: (id) => http.get<ImageItem>(`/images/${id}`),
  annotations: (image) => http.get<SavedShapes>(`/images/${image}/annotations`),
  suggestions: (image) => http.get<Suggestions>(`/images/${image}/predictions`),
  queue: (project) => http.get<QueueView>(`/projects/${project}/queue`, { limit: 30 }),
  neighbours: async (image) => {
    const path = `/images/${image}/neighbours`;
    const { previous, next } = await http.get<{ previous: Neighbour; next: Neighbour }>(path);
    return { previous: idOf(previous), next: idOf(next) };
  },
  heartbeat: (assignment) => http.post(`/assignments/${assignment}/heartbeat`),
  submit: (assignment) => http.post(`/assignments/${assignment}/submit`),
  skip: (assignment, reason) => http.post(`/assignments/${assignment}/skip`, { reason }),
  release: (assignment) => http.post(`/assignments/${assignment}/release`, {}, { keepalive: true }),
  reopen: (image) => http.post(`/images/${image}/reopen`),
};
