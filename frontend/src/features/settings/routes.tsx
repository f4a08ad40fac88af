import { lazy } from "react";

export const SettingsPage = lazy(() => import("./components/SettingsPage"));
export const LabelsPage = lazy(() => import("./components/LabelsPage"));
export const AccountPage = lazy(() => import("./components/AccountPage"));
