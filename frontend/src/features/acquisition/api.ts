import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Paginated, PluginInfo } from "@/api/types";
import type { Acceptance, LearningCurve, Round, RoundDetail } from "./types";

const busy = (round: { readonly state: string }) => round.state === "selecting";

export const roundsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.rounds(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Round>>(`/projects/${projectId}/rounds`, { limit: 100 }, signal),
    refetchInterval: (query) => (query.state.data?.results.some(busy) ? 1500 : false),
  });

export const roundQuery = (roundId: string) =>
  queryOptions({
    queryKey: keys.round(roundId),
    queryFn: ({ signal }) => http.get<RoundDetail>(`/rounds/${roundId}`, {}, signal),
    refetchInterval: (query) =>
      query.state.data === undefined || busy(query.state.data) ? 1500 : 15_000,
  });

export const curveQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.learningCurve(projectId),
    queryFn: ({ signal }) =>
      http.get<LearningCurve>(`/projects/${projectId}/learning-curve`, {}, signal),
  });

export const acceptanceQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.acceptance(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Acceptance>>(`/projects/${projectId}/acceptance`, {}, signal),
  });

/** The installed strategies that work, in the server's order: the default comes first. */
export const strategiesQuery = queryOptions({
  queryKey: [...keys.plugins, "strategies"],
  queryFn: async ({ signal }) => {
    const all = await http.get<Paginated<PluginInfo>>("/plugins", {}, signal);
    return all.results.filter((one) => one.family === "strategies" && one.state === "ok");
  },
  staleTime: 300_000,
});

export interface RoundRequest {
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly seed: number;
  readonly model?: string;
}

export const startRound = (projectId: string, body: RoundRequest) =>
  http.post<Round>(`/projects/${projectId}/rounds`, body);

export const closeRound = (roundId: string) => http.post<Round>(`/rounds/${roundId}/close`);
