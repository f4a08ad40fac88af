import { lazy } from "react";

export const VersionsPage = lazy(() => import("./components/VersionsPage"));
export const VersionPage = lazy(() => import("./components/VersionPage"));
export const ExportPage = lazy(() => import("./components/ExportPage"));
export const ImportPage = lazy(() => import("./components/ImportPage"));
