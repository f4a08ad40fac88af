import { lazy } from "react";

export const TokensPage = lazy(() => import("./components/TokensPage"));
