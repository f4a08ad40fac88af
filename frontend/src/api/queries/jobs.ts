import { queryOptions } from "@tanstack/react-query";
import { http } from "../http";
import { keys } from "../keys";
import type { Job, Paginated, RunSummary } from "../types";

/** Whether background work is still going to change. */
export const isActive = (work: { readonly state: string }) =>
  work.state === "queued" || work.state === "running";

const often = (results: readonly { readonly state: string }[] | undefined) =>
  results?.some(isActive) ? 4000 : false;

export const jobsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.jobs(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Job>>(`/projects/${projectId}/jobs`, { limit: 50 }, signal),
    refetchInterval: (query) => often(query.state.data?.results),
  });

/** Work of all projects that one may see. */
export const allJobsQuery = queryOptions({
  queryKey: keys.allJobs,
  queryFn: ({ signal }) => http.get<Paginated<Job>>("/jobs", { limit: 50 }, signal),
  refetchInterval: (query) => often(query.state.data?.results),
});

export const runSummariesQuery = (projectId: string) =>
  queryOptions({
    queryKey: [...keys.runs(projectId), "summaries"],
    queryFn: ({ signal }) =>
      http.get<Paginated<RunSummary>>(`/projects/${projectId}/runs`, { limit: 20 }, signal),
    refetchInterval: (query) => often(query.state.data?.results),
  });

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: keys.job(jobId),
    queryFn: ({ signal }) => http.get<Job>(`/jobs/${jobId}`, {}, signal),
    refetchInterval: (query) =>
      query.state.data === undefined || isActive(query.state.data) ? 2000 : false,
  });

export const cancelJob = (jobId: string) => http.post<Job>(`/jobs/${jobId}/cancel`);
export const cancelRun = (runId: string) => http.post<RunSummary>(`/runs/${runId}/cancel`);
