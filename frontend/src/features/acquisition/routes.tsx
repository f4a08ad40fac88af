import { lazy } from "react";

export const RoundsPage = lazy(() => import("./components/RoundsPage"));
export const RoundPage = lazy(() => import("./components/RoundPage"));
