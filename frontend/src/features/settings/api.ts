import { http } from "@/api/http";
import type { LabelSchema, Project, User } from "@/api/types";
import { type Draft, payloadOf } from "./lib/draft";

export const saveLabels = (projectId: string, revision: number, drafts: readonly Draft[]) =>
  http.put<LabelSchema>(`/projects/${projectId}/labels`, {
    schema_revision: revision,
    labels: payloadOf(drafts),
  });

export type ProjectPatch = Partial<Pick<Project, "name" | "description" | "task" | "settings">>;

export const updateProject = (projectId: string, patch: ProjectPatch) =>
  http.patch<Project>(`/projects/${projectId}`, patch);

export const deleteProject = (projectId: string, name: string) =>
  http.delete(`/projects/${projectId}`, { confirm: name });

export const updateMe = (patch: Partial<Pick<User, "display_name" | "email">>) =>
  http.patch<User>("/me", patch);

export const changePassword = (passwords: { readonly old: string; readonly new: string }) =>
  http.post("/me/password", passwords);
