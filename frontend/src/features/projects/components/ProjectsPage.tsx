import { Button, Select, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FolderPlus, Plus, Search, Sparkles } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { projectsQuery } from "@/api/queries/project";
import { useSession } from "@/api/queries/session";
import type { Project } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyError } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { oneOf, useStoredState } from "@/lib/stored-state";
import { createDemo } from "../api";
import { NewProjectDialog } from "./NewProjectDialog";
import { PasswordHint } from "./PasswordHint";
import { ProjectCard } from "./ProjectCard";
import classes from "./ProjectsPage.module.css";

const ORDERS = [
  { value: "newest", label: "Newest first" },
  { value: "name", label: "By name" },
  { value: "open", label: "Most left to label" },
] as const;
type Order = (typeof ORDERS)[number]["value"];

const left = (project: Project) => project.counts.images - project.counts.labelled;

function sorted(projects: readonly Project[], order: Order, search: string): Project[] {
  const wanted = search.trim().toLowerCase();
  const compare = {
    newest: (a: Project, b: Project) => b.created_at.localeCompare(a.created_at),
    name: (a: Project, b: Project) => a.name.localeCompare(b.name),
    open: (a: Project, b: Project) => left(b) - left(a),
  }[order];
  return projects.filter((one) => one.name.toLowerCase().includes(wanted)).sort(compare);
}

/** Everything one is a member of. */
export default function ProjectsPage() {
  const query = useQuery(projectsQuery);
  const { new: creating = false } = useSearch({ from: "/shell/projects" });
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const [order, setOrder] = useStoredState<Order>(
    "projects-order",
    "newest",
    oneOf("newest", "name", "open"),
  );
  const dialog = (open: boolean) =>
    void navigate({ to: "/projects", search: open ? { new: true } : {}, replace: true });
  const projects = query.data?.results ?? [];
  const shown = sorted(projects, order, search);

  return (
    <Page>
      <PageHeader title="Projects">
        {projects.length > 3 && (
          <>
            <TextInput
              aria-label="Find a project"
              placeholder="Find"
              leftSection={<Search size={14} />}
              w={180}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Select
              aria-label="Order"
              data={[...ORDERS]}
              value={order}
              allowDeselect={false}
              w={170}
              onChange={(value) =>
                setOrder(ORDERS.find((one) => one.value === value)?.value ?? "newest")
              }
            />
          </>
        )}
        <Button leftSection={<Plus size={15} />} onClick={() => dialog(true)}>
          New project
        </Button>
      </PageHeader>
      <PasswordHint />
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Loading />}
      {query.data !== undefined && projects.length === 0 && (
        <FirstSteps onNew={() => dialog(true)} />
      )}
      {projects.length > 0 && shown.length === 0 && (
        <EmptyState icon={Search} title={`No project is called “${search}”`} compact />
      )}
      <div className={classes["grid"]}>
        {shown.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </div>
      {creating && <NewProjectDialog onClose={() => dialog(false)} />}
    </Page>
  );
}

function Loading() {
  return (
    <div className={classes["grid"]}>
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} height={262} radius={10} />
      ))}
    </div>
  );
}

function FirstSteps({ onNew }: { readonly onNew: () => void }) {
  const navigate = useNavigate();
  const demo = useSession()?.setup.demo_available ?? false;
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: createDemo,
    onSuccess: async ({ project }) => {
      await client.invalidateQueries({ queryKey: keys.projects });
      void navigate({ to: "/projects/$projectId", params: { projectId: project } });
    },
    onError: notifyError,
  });
  return (
    <EmptyState
      icon={FolderPlus}
      title="No projects yet"
      action={
        <>
          <Button leftSection={<Plus size={15} />} onClick={onNew}>
            New project
          </Button>
          {demo && (
            <Button
              variant="default"
              leftSection={<Sparkles size={15} />}
              loading={create.isPending || create.isSuccess}
              onClick={() => create.mutate()}
            >
              Open the demo project
            </Button>
          )}
        </>
      }
    >
      A project holds images, the classes you look for, and the models you train.
      {demo && " The demo is partly labelled, so that you can press Train at once."}
    </EmptyState>
  );
}
