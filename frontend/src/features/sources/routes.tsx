import { lazy } from "react";

export const SourcesPage = lazy(() => import("./components/SourcesPage"));
