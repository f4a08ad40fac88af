import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { http } from "../http";
import { keys } from "../keys";
import { type Action, can } from "../permissions";
import type { Label, LabelSchema, Paginated, Project } from "../types";

export const projectsQuery = queryOptions({
  queryKey: keys.projects,
  queryFn: ({ signal }) => http.get<Paginated<Project>>("/projects", { limit: 500 }, signal),
});

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId),
    queryFn: ({ signal }) => http.get<Project>(`/projects/${projectId}`, {}, signal),
  });

export const labelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.labels(projectId),
    queryFn: ({ signal }) => http.get<LabelSchema>(`/projects/${projectId}/labels`, {}, signal),
    staleTime: 60_000,
  });

/** The project of the page; suspends until it is here (the project layout has it loaded before pages show). */
export function useProject(projectId: string): Project {
  return useSuspenseQuery(projectQuery(projectId)).data;
}

/** Whether the signed-in person may do `action` here. False until the project is loaded, and outside of projects. */
export function useCan(projectId: string | null, action: Action): boolean {
  const project = useQuery({ ...projectQuery(projectId ?? ""), enabled: projectId !== null }).data;
  return project !== undefined && can(project.role, action);
}

/** The label schema by id, for colours and names of shapes. */
export function useLabelMap(projectId: string): ReadonlyMap<number, Label> {
  const schema = useQuery({ ...labelsQuery(projectId), select: toMap }).data;
  return schema ?? EMPTY;
}

const EMPTY: ReadonlyMap<number, Label> = new Map();
const toMap = (schema: LabelSchema): ReadonlyMap<number, Label> =>
  new Map(schema.labels.map((label) => [label.id, label]));
