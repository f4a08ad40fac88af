import { lazy } from "react";

export const LabellingPage = lazy(() => import("./components/LabellingPage"));
