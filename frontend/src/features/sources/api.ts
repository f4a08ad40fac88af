import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Job, Paginated, PluginInfo, Source } from "@/api/types";
import type { SyncFile } from "./lib/sync";

export const sourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.sources(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Source>>(`/projects/${projectId}/sources`, {}, signal),
  });

/** Kinds of places that this installation can reach. */
export const placesQuery = queryOptions({
  queryKey: [...keys.plugins, "sources"],
  queryFn: async ({ signal }) => {
    const all = await http.get<Paginated<PluginInfo>>("/plugins", { family: "sources" }, signal);
    return all.results.filter((one) => one.state === "ok");
  },
  staleTime: 300_000,
});

export const reportQuery = (jobId: string) =>
  queryOptions({
    queryKey: [...keys.job(jobId), "report"],
    queryFn: ({ signal }) =>
      http.get<{ readonly files: readonly SyncFile[] }>(`/jobs/${jobId}/report`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export type Options = Readonly<Record<string, unknown>>;

export interface Probe {
  readonly names: readonly string[];
  readonly more: boolean;
}

export interface NewSource {
  readonly name: string;
  readonly plugin: string;
  readonly options: Options;
  readonly copies: boolean;
}

export const probe = (projectId: string, plugin: string, options: Options) =>
  http.post<Probe>(`/projects/${projectId}/sources/probe`, { plugin, options });

export const addSource = (projectId: string, body: NewSource) =>
  http.post<Source>(`/projects/${projectId}/sources`, body);

export const changeSource = (id: string, body: Partial<Omit<NewSource, "plugin">>) =>
  http.patch<Source>(`/sources/${id}`, body);

export const removeSource = (id: string) => http.delete(`/sources/${id}`);

export const synchronise = (id: string) => http.post<Job>(`/sources/${id}/sync`);
