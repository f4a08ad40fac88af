import { lazy } from "react";

export const VersionsPage = lazy(() => import("./components/versions/VersionsPage"));
export const VersionPage = lazy(() => import("./components/versions/VersionPage"));
export const DiffPage = lazy(() => import("./components/versions/DiffPage"));
export const ExportPage = lazy(() => import("./components/export/ExportPage"));
export const ImportPage = lazy(() => import("./components/ImportPage"));
