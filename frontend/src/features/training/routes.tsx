import { lazy } from "react";

export const TrainingPage = lazy(() => import("./components/TrainingPage"));
export const RunPage = lazy(() => import("./components/RunPage"));
