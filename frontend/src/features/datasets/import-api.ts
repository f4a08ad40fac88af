import { queryOptions } from "@tanstack/react-query";
import { API_ROOT, http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Job, Paginated, Source } from "@/api/types";
import type { ImportReport, Places } from "./import-types";

export const startImport = (projectId: string, body: Readonly<Record<string, unknown>>) =>
  http.post<Job>(`/projects/${projectId}/imports`, body);

export const undoImport = (jobId: string) => http.post<Job>(`/imports/${jobId}/undo`);
export const resumeImport = (jobId: string) => http.post<Job>(`/imports/${jobId}/resume`);

/** The whole report of a job that is over. */
export const reportQuery = (jobId: string) =>
  queryOptions({
    queryKey: [...keys.job(jobId), "report"],
    queryFn: ({ signal }) => http.get<ImportReport>(`/jobs/${jobId}/report`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Folders of the server below `path`; the roots when it is empty. */
export const placesQuery = (projectId: string, path: string) =>
  queryOptions({
    queryKey: [...keys.project(projectId), "places", path],
    queryFn: ({ signal }) =>
      http.get<Places>(`/projects/${projectId}/imports/places`, { path }, signal),
    staleTime: 30_000,
    retry: false,
  });

/** Places that the project's images come from. */
export const sourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.sources(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Source>>(`/projects/${projectId}/sources`, {}, signal),
  });

export const reportUrl = (jobId: string, kind: "json" | "csv") =>
  `${API_ROOT}/imports/${jobId}/report?kind=${kind}`;
