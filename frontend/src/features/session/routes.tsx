import { lazy } from "react";

export const SignInPage = lazy(() => import("./components/SignInPage"));
export const LinkPage = lazy(() => import("./components/LinkPage"));
export const InvitationPage = lazy(() => import("./components/InvitationPage"));
export const SessionEndedDialog = lazy(() => import("./components/SessionEndedDialog"));
