import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import { isActive } from "@/api/queries/jobs";
import type { Paginated } from "@/api/types";
import type { Run, RunEvent, TrainingSetup } from "./types";

export const trainingQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.training(projectId),
    queryFn: ({ signal }) => http.get<TrainingSetup>(`/projects/${projectId}/training`, {}, signal),
  });

export const runsQuery = (projectId: string) =>
  queryOptions({
    queryKey: [...keys.runs(projectId), "list"],
    queryFn: ({ signal }) =>
      http.get<Paginated<Run>>(`/projects/${projectId}/runs`, { limit: 100 }, signal),
    refetchInterval: (query) => (query.state.data?.results.some(isActive) ? 3000 : 20_000),
  });

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: keys.run(runId),
    queryFn: ({ signal }) => http.get<Run>(`/runs/${runId}`, {}, signal),
    refetchInterval: (query) =>
      query.state.data === undefined || isActive(query.state.data) ? 2000 : false,
  });

const PAGE = 500;

/** All events of one kind in order; reads page after page from the last id that is known. */
async function eventsAfter(runId: string, kind: string, after: number): Promise<RunEvent[]> {
  const page = await http.get<Paginated<RunEvent>>(`/runs/${runId}/events`, {
    kind,
    after,
    limit: PAGE,
  });
  const last = page.results.at(-1);
  if (last === undefined || page.results.length < PAGE) return [...page.results];
  return [...page.results, ...(await eventsAfter(runId, kind, last.id))];
}

/** Events so far; a refetch asks only for what came after the last one. */
export const eventsQuery = (runId: string, kind: "metrics" | "log", active: boolean) =>
  queryOptions({
    queryKey: [...keys.run(runId), "events", kind],
    queryFn: async ({ client, queryKey }) => {
      const known = client.getQueryData<RunEvent[]>(queryKey) ?? [];
      const fresh = await eventsAfter(runId, kind, known.at(-1)?.id ?? 0);
      return fresh.length === 0 ? known : [...known, ...fresh];
    },
    refetchInterval: active ? 2000 : false,
    structuralSharing: false,
  });

export interface TrainRequest {
  readonly kind: "train";
  readonly backend: string;
  readonly task: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly weights: string;
  readonly seed: number;
  readonly freeze: {
    readonly name: string;
    readonly seed: number;
    readonly fractions: { readonly train: number; readonly val: number; readonly test: number };
  };
}

export const startRun = (projectId: string, body: TrainRequest) =>
  http.post<Run>(`/projects/${projectId}/runs`, body);

export const controlRun = (runId: string, verb: "finish" | "cancel" | "resume") =>
  http.post<Run>(`/runs/${runId}/${verb}`);
