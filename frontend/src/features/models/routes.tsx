import { lazy } from "react";

export const ModelsPage = lazy(() => import("./components/ModelsPage"));
export const ModelPage = lazy(() => import("./components/ModelPage"));
