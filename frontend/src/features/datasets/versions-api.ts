import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Job } from "@/api/types";
import type { DatasetVersion } from "./types";
import type {
  Change,
  DiffPageData,
  Integrity,
  SplitPreview,
  SplitRule,
  SplitsState,
} from "./version-types";

const splitsKey = (projectId: string) => [...keys.project(projectId), "splits"] as const;

export const splitsQuery = (projectId: string) =>
  queryOptions({
    queryKey: splitsKey(projectId),
    queryFn: ({ signal }) => http.get<SplitsState>(`/projects/${projectId}/splits`, {}, signal),
    staleTime: 30_000,
  });

export const lockTestSet = (projectId: string, locked: boolean, version: string | null) =>
  http.post<SplitsState>(`/projects/${projectId}/splits/lock`, { locked, version });

export interface VersionRequest extends SplitRule {
  readonly name: string;
  readonly notes: string;
  readonly refresh_held_out: boolean;
}

/** A version at once, or the job that makes it when there are many images. */
export const freezeVersion = (projectId: string, body: VersionRequest) =>
  http.post<DatasetVersion | Job>(`/projects/${projectId}/versions`, body);

export const isJob = (answer: DatasetVersion | Job): answer is Job => "kind" in answer;

export const splitPreviewQuery = (
  projectId: string,
  rule: SplitRule & { readonly refresh_held_out: boolean },
) =>
  queryOptions({
    queryKey: [...splitsKey(projectId), "preview", rule] as const,
    queryFn: () => http.post<SplitPreview>(`/projects/${projectId}/versions/preview`, rule),
    staleTime: 10_000,
    placeholderData: (before: SplitPreview | undefined) => before,
    retry: false,
  });

export const describeVersion = (versionId: string, changes: { name?: string; notes?: string }) =>
  http.patch<DatasetVersion>(`/versions/${versionId}`, changes);

export const deleteVersion = (versionId: string) => http.delete<null>(`/versions/${versionId}`);

export const restoreVersion = (versionId: string) =>
  http.post<Job>(`/versions/${versionId}/restore`);

export const integrityQuery = (versionId: string) =>
  queryOptions({
    queryKey: [...keys.version(versionId), "integrity"] as const,
    queryFn: ({ signal }) => http.get<Integrity>(`/versions/${versionId}/integrity`, {}, signal),
    staleTime: 60_000,
  });

/** What a comparison is narrowed down to. */
export interface DiffFilter {
  readonly change?: Change;
  readonly label?: string;
}

export const diffQuery = (head: string, base: string, filter: DiffFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.version(head), "diff", base, filter] as const,
    queryFn: ({ pageParam, signal }) =>
      http.get<DiffPageData>(
        `/versions/${head}/diff`,
        { base, ...filter, cursor: pageParam, limit: 60 },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
  });
