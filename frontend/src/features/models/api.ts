import { queryOptions } from "@tanstack/react-query";
import { API_ROOT, http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Paginated } from "@/api/types";
import type { Model, Report } from "./types";

export const modelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.models(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Model>>(`/projects/${projectId}/models`, { limit: 200 }, signal),
  });

export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: keys.model(modelId),
    queryFn: ({ signal }) => http.get<Model>(`/models/${modelId}`, {}, signal),
  });

/** The evaluation is written once; it never changes. */
export const reportQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...keys.model(modelId), "report"],
    queryFn: ({ signal }) => http.get<Report>(`/models/${modelId}/report`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const renameModel = (modelId: string, name: string) =>
  http.patch<Model>(`/models/${modelId}`, { name });

export const downloadUrl = (modelId: string) => `${API_ROOT}/models/${modelId}/download`;

export const predictWith = (projectId: string, model: string, images: "unlabelled" | "all") =>
  http.post<{ readonly id: string }>(`/projects/${projectId}/runs`, {
    kind: "predict",
    model,
    scope: { images, confidence: 0.1 },
  });
