import { lazy } from "react";

export const MembersPage = lazy(() => import("./components/MembersPage"));
