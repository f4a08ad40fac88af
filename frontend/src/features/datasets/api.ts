import { queryOptions } from "@tanstack/react-query";
import { API_ROOT, http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Job, Paginated, PluginInfo } from "@/api/types";
import type { DatasetVersion } from "./types";
import type { SplitRule } from "./version-types";

export const versionsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.versions(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<DatasetVersion>>(
        `/projects/${projectId}/versions`,
        { limit: 200 },
        signal,
      ),
  });

export const versionQuery = (versionId: string) =>
  queryOptions({
    queryKey: keys.version(versionId),
    queryFn: ({ signal }) => http.get<DatasetVersion>(`/versions/${versionId}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Installed formats that work. */
export const formatsQuery = queryOptions({
  queryKey: [...keys.plugins, "formats"],
  queryFn: async ({ signal }) => {
    const all = await http.get<Paginated<PluginInfo>>("/plugins", {}, signal);
    return all.results.filter((one) => one.family === "formats" && one.state === "ok");
  },
  staleTime: 300_000,
});

export interface ExportRequest {
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly with_images: boolean;
  readonly split?: SplitRule;
  /** Only count what would be written and lost. */
  readonly dry_run?: boolean;
}

export const startExport = (projectId: string, body: ExportRequest) =>
  http.post<Job>(`/projects/${projectId}/exports`, body);

export interface ImportRequest {
  readonly upload: string;
  readonly format?: string;
  readonly mode: string;
  readonly dry_run: boolean;
}

export const startImport = (projectId: string, body: ImportRequest) =>
  http.post<Job>(`/projects/${projectId}/imports`, body);

export const downloadUrl = (jobId: string) => `${API_ROOT}/jobs/${jobId}/download`;
