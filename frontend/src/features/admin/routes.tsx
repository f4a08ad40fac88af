import { lazy } from "react";

export const UsersPage = lazy(() => import("./components/UsersPage"));
export const AuditPage = lazy(() => import("./components/AuditPage"));
