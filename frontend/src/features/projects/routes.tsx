import { lazy } from "react";

export const ProjectsPage = lazy(() => import("./components/ProjectsPage"));
export const OverviewPage = lazy(() => import("./components/OverviewPage"));
