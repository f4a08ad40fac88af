import { useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FolderOpen, LayoutGrid, Moon, Plus, Search, Sun, Upload } from "lucide-react";
import { projectsQuery, useCan } from "@/api/queries/project";
import { useUser } from "@/api/queries/session";
import classes from "./CommandPalette.module.css";
import { ADMIN_NAV, GLOBAL_NAV, type NavEntry, PROJECT_NAV } from "./nav";

/** Ctrl+K: every page, every project, and the few things one does from anywhere. */
export default function CommandPalette({ projectId }: { readonly projectId: string | null }) {
  const navigate = useNavigate();
  const user = useUser();
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const { setColorScheme } = useMantineColorScheme();
  const mayAdd = useCan(projectId, "images.add");

  const page = (entry: NavEntry, params?: { projectId: string }): SpotlightActionData => ({
    id: entry.to,
    label: entry.label,
    leftSection: <entry.icon size={16} strokeWidth={1.75} />,
    onClick: () => void navigate({ to: entry.to, ...(params === undefined ? {} : { params }) }),
  });
  const actions = [
    {
      group: "This project",
      actions:
        projectId === null
          ? []
          : [
              ...PROJECT_NAV.map((entry) => page(entry, { projectId })),
              ...(mayAdd
                ? [
                    {
                      id: "upload",
                      label: "Upload images",
                      leftSection: <Upload size={16} />,
                      onClick: () =>
                        void navigate({
                          to: "/projects/$projectId/images",
                          params: { projectId },
                          search: { upload: true },
                        }),
                    },
                  ]
                : []),
            ],
    },
    {
      group: "Projects",
      actions: [
        ...projects
          .filter((project) => project.id !== projectId)
          .map((project) => ({
            id: project.id,
            label: project.name,
            leftSection: <FolderOpen size={16} />,
            onClick: () =>
              void navigate({ to: "/projects/$projectId", params: { projectId: project.id } }),
          })),
        {
          id: "new-project",
          label: "New project",
          leftSection: <Plus size={16} />,
          onClick: () => void navigate({ to: "/projects", search: { new: true } }),
        },
      ],
    },
    {
      group: "Installation",
      actions: [
        page({ to: "/projects", label: "All projects", icon: LayoutGrid }),
        ...[...GLOBAL_NAV, ...(user.is_admin ? ADMIN_NAV : [])].map((entry) => page(entry)),
        {
          id: "dark",
          label: "Dark theme",
          leftSection: <Moon size={16} />,
          onClick: () => setColorScheme("dark"),
        },
        {
          id: "light",
          label: "Light theme",
          leftSection: <Sun size={16} />,
          onClick: () => setColorScheme("light"),
        },
      ],
    },
  ].filter((group) => group.actions.length > 0);

  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      nothingFound="Nothing is called that."
      centered={false}
      yOffset={88}
      maxHeight={420}
      overlayProps={{ color: "#0b0c0e", backgroundOpacity: 0.5, blur: 0 }}
      classNames={{
        search: classes["search"] ?? "",
        action: classes["action"] ?? "",
        actionsGroup: classes["group"] ?? "",
        content: classes["content"] ?? "",
      }}
      scrollable
      searchProps={{ leftSection: <Search size={16} />, placeholder: "Go to or do …" }}
    />
  );
}
