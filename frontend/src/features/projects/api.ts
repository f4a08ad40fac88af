import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Overview, Project, Task } from "@/api/types";

export interface NewProject {
  readonly name: string;
  readonly description: string;
  readonly task: Task;
  readonly labels: readonly {
    readonly name: string;
    readonly color: string;
    readonly hotkey: string;
  }[];
}

export const createProject = (project: NewProject) => http.post<Project>("/projects", project);

export interface DemoStarted {
  readonly project: string;
  readonly job: string;
}

/** The project exists at once; its images are drawn in the background. */
export const createDemo = () => http.post<DemoStarted>("/projects/demo");

export const overviewQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.overview(projectId),
    queryFn: ({ signal }) => http.get<Overview>(`/projects/${projectId}/overview`, {}, signal),
  });
