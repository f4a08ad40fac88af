import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { Suspense } from "react";
import { projectQuery } from "@/api/queries/project";
import { sessionQuery } from "@/api/queries/session";
import { FullPageMessage } from "@/components/FullPageMessage";
import { LinkButton } from "@/components/LinkButton";
import { PageLoading } from "@/components/PageLoading";
import { RoundPage, RoundsPage } from "@/features/acquisition/routes";
import { AuditPage, UsersPage } from "@/features/admin/routes";
import { parseDiffSearch } from "@/features/datasets/lib/diff";
import { parseExportSearch } from "@/features/datasets/lib/export-settings";
import {
  DiffPage,
  ExportPage,
  ImportPage,
  VersionPage,
  VersionsPage,
} from "@/features/datasets/routes";
import { parseImageSearch } from "@/features/images/lib/search";
import { ImagesPage } from "@/features/images/routes";
import { LabellingPage } from "@/features/labelling/routes";
import { MembersPage } from "@/features/members/routes";
import { ModelPage, ModelsPage } from "@/features/models/routes";
import { PluginsPage } from "@/features/plugins/routes";
import { OverviewPage, ProjectsPage } from "@/features/projects/routes";
import { InvitationPage, LinkPage, SignInPage } from "@/features/session/routes";
import { AccountPage, LabelsPage, SettingsPage } from "@/features/settings/routes";
import { SourcesPage } from "@/features/sources/routes";
import { TokensPage } from "@/features/tokens/routes";
import { RunPage, TrainingPage } from "@/features/training/routes";
import { ErrorPage } from "./ErrorPage";
import { Shell } from "./shell/Shell";

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: () => (
    <Suspense fallback={null}>
      <Outlet />
    </Suspense>
  ),
  notFoundComponent: () => (
    <main style={{ height: "100%" }}>
      <NotFound />
    </main>
  ),
  errorComponent: (props) => (
    <main style={{ height: "100%" }}>
      <ErrorPage {...props} />
    </main>
  ),
});

function NotFound() {
  return (
    <FullPageMessage
      title="There is nothing here"
      action={
        <LinkButton to="/projects" variant="default">
          All projects
        </LinkButton>
      }
    >
      This address leads nowhere. It may have been deleted, or the link is incomplete.
    </FullPageMessage>
  );
}

const optionalText = (value: unknown) => (typeof value === "string" ? value : undefined);
const flag = (value: unknown) => value === true || value === "true" || value === "1" || value === 1;

/** Keeps a search parameter out of the address when it says nothing. */
function only<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    only("next", optionalText(search["next"])),
  component: SignInPage,
});
const link = createRoute({ getParentRoute: () => root, path: "/link/$token", component: LinkPage });
const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite/$token",
  component: InvitationPage,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/projects", replace: true });
  },
});

const projects = createRoute({
  getParentRoute: () => shell,
  path: "/projects",
  staticData: { crumb: "Projects" },
  validateSearch: (search: Record<string, unknown>): { new?: boolean } =>
    flag(search["new"]) ? { new: true } : {},
  component: ProjectsPage,
});

const project = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId",
  loader: ({ context, params }) =>
    context.client.ensureQueryData({ ...projectQuery(params.projectId), revalidateIfStale: true }),
  errorComponent: ErrorPage,
  pendingComponent: PageLoading,
});

const overview = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: function Overview() {
    return <OverviewPage projectId={overview.useParams().projectId} />;
  },
});
const images = createRoute({
  getParentRoute: () => project,
  path: "images",
  staticData: { crumb: "Images" },
  validateSearch: parseImageSearch,
  component: function Images() {
    return <ImagesPage projectId={images.useParams().projectId} />;
  },
});
const label = createRoute({
  getParentRoute: () => project,
  path: "label",
  staticData: { crumb: "Label", immersive: true },
  component: function Label() {
    return <LabellingPage projectId={label.useParams().projectId} imageId={null} />;
  },
});
const labelImage = createRoute({
  getParentRoute: () => project,
  path: "label/$imageId",
  staticData: { crumb: "Label", immersive: true },
  component: function LabelImage() {
    return <LabellingPage {...labelImage.useParams()} />;
  },
});
const training = createRoute({
  getParentRoute: () => project,
  path: "training",
  staticData: { crumb: "Training" },
});
const trainingIndex = createRoute({
  getParentRoute: () => training,
  path: "/",
  component: function Training() {
    return <TrainingPage projectId={training.useParams().projectId} />;
  },
});
const run = createRoute({
  getParentRoute: () => training,
  path: "$runId",
  staticData: { crumb: "Run" },
  component: function Run() {
    return <RunPage {...run.useParams()} />;
  },
});
const models = createRoute({
  getParentRoute: () => project,
  path: "models",
  staticData: { crumb: "Models" },
});
const modelsIndex = createRoute({
  getParentRoute: () => models,
  path: "/",
  component: function Models() {
    return <ModelsPage projectId={models.useParams().projectId} />;
  },
});
const model = createRoute({
  getParentRoute: () => models,
  path: "$modelId",
  staticData: { crumb: "Model" },
  component: function Model() {
    return <ModelPage {...model.useParams()} />;
  },
});
const rounds = createRoute({
  getParentRoute: () => project,
  path: "rounds",
  staticData: { crumb: "Rounds" },
});
const roundsIndex = createRoute({
  getParentRoute: () => rounds,
  path: "/",
  component: function Rounds() {
    return <RoundsPage projectId={rounds.useParams().projectId} />;
  },
});
const round = createRoute({
  getParentRoute: () => rounds,
  path: "$roundId",
  staticData: { crumb: "Round" },
  component: function Round() {
    return <RoundPage {...round.useParams()} />;
  },
});
const versions = createRoute({
  getParentRoute: () => project,
  path: "versions",
  staticData: { crumb: "Versions" },
});
const versionsIndex = createRoute({
  getParentRoute: () => versions,
  path: "/",
  component: function Versions() {
    return <VersionsPage projectId={versions.useParams().projectId} />;
  },
});
const version = createRoute({
  getParentRoute: () => versions,
  path: "$versionId",
  staticData: { crumb: "Version" },
  component: function Version() {
    return <VersionPage {...version.useParams()} />;
  },
});
const versionDiff = createRoute({
  getParentRoute: () => versions,
  path: "$versionId/diff",
  staticData: { crumb: "Compare" },
  validateSearch: parseDiffSearch,
  component: function Diff() {
    const navigate = versionDiff.useNavigate();
    return (
      <DiffPage
        {...versionDiff.useParams()}
        search={versionDiff.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});
const exporting = createRoute({
  getParentRoute: () => project,
  path: "export",
  staticData: { crumb: "Export" },
  validateSearch: parseExportSearch,
  component: function Export() {
    return (
      <ExportPage projectId={exporting.useParams().projectId} search={exporting.useSearch()} />
    );
  },
});
const sources = createRoute({
  getParentRoute: () => project,
  path: "sources",
  staticData: { crumb: "Sources" },
  component: function Sources() {
    return <SourcesPage projectId={sources.useParams().projectId} />;
  },
});
const importing = createRoute({
  getParentRoute: () => project,
  path: "import",
  staticData: { crumb: "Import" },
  component: function Import() {
    return <ImportPage projectId={importing.useParams().projectId} />;
  },
});
const members = createRoute({
  getParentRoute: () => project,
  path: "members",
  staticData: { crumb: "Members" },
  component: function Members() {
    return <MembersPage projectId={members.useParams().projectId} />;
  },
});
const settings = createRoute({
  getParentRoute: () => project,
  path: "settings",
  staticData: { crumb: "Settings" },
});
const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: function Settings() {
    return <SettingsPage projectId={settings.useParams().projectId} />;
  },
});
const labels = createRoute({
  getParentRoute: () => settings,
  path: "labels",
  staticData: { crumb: "Classes" },
  component: function Labels() {
    return <LabelsPage projectId={labels.useParams().projectId} />;
  },
});

const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  staticData: { crumb: "Account" },
  component: AccountPage,
});
const plugins = createRoute({
  getParentRoute: () => shell,
  path: "/plugins",
  staticData: { crumb: "Plugins" },
  component: PluginsPage,
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/tokens",
  staticData: { crumb: "Access tokens" },
  component: TokensPage,
});
const users = createRoute({
  getParentRoute: () => shell,
  path: "/users",
  staticData: { crumb: "Users" },
  component: UsersPage,
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  staticData: { crumb: "Audit log" },
  component: AuditPage,
});

const routeTree = root.addChildren([
  home,
  signIn,
  link,
  invite,
  shell.addChildren([
    projects,
    account,
    plugins,
    tokens,
    users,
    audit,
    project.addChildren([
      overview,
      images,
      label,
      labelImage,
      training.addChildren([trainingIndex, run]),
      models.addChildren([modelsIndex, model]),
      rounds.addChildren([roundsIndex, round]),
      versions.addChildren([versionsIndex, version, versionDiff]),
      exporting,
      sources,
      importing,
      members,
      settings.addChildren([settingsIndex, labels]),
    ]),
  ]),
]);

/** The router over a query client, so that loaders and pages share one cache. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    ...(history === undefined ? {} : { history }),
    routeTree,
    context: { client },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 250,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
