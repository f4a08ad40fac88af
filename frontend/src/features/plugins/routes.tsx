import { lazy } from "react";

export const PluginsPage = lazy(() => import("./components/PluginsPage"));
