import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, FolderOpen, LayoutGrid, PanelLeft, PanelLeftClose } from "lucide-react";
import type { ReactElement } from "react";
import { projectQuery, projectsQuery } from "@/api/queries/project";
import { useUser } from "@/api/queries/session";
import { Logo } from "@/components/Logo";
import { ADMIN_NAV, GLOBAL_NAV, type NavEntry, PROJECT_NAV } from "./nav";
import classes from "./Sidebar.module.css";
import { UserMenu } from "./UserMenu";

interface Props {
  readonly projectId: string | null;
  readonly collapsed: boolean;
  readonly onToggle: () => void;
}

/** Where one can go: the project's pages inside a project, the installation's pages always. */
export function Sidebar({ projectId, collapsed, onToggle }: Props) {
  const user = useUser();
  return (
    <aside aria-label="Sidebar" className={classes["root"]} data-collapsed={collapsed || undefined}>
      <Link to="/projects" className={classes["brand"]} aria-label="Marquee, all projects">
        <Logo size={20} />
        {!collapsed && "Marquee"}
      </Link>
      <nav className={classes["scroll"]} aria-label="Main">
        {projectId === null ? (
          <Item
            entry={{ to: "/projects", label: "Projects", icon: LayoutGrid }}
            collapsed={collapsed}
          />
        ) : (
          <>
            {!collapsed && <ProjectSwitch projectId={projectId} />}
            <div className={classes["nav"]}>
              {PROJECT_NAV.map((entry) => (
                <Item key={entry.to} entry={entry} collapsed={collapsed} projectId={projectId} />
              ))}
            </div>
          </>
        )}
        {!collapsed && <div className={classes["section"]}>Installation</div>}
        <div className={classes["nav"]}>
          {[...GLOBAL_NAV, ...(user.is_admin ? ADMIN_NAV : [])].map((entry) => (
            <Item key={entry.to} entry={entry} collapsed={collapsed} />
          ))}
        </div>
      </nav>
      <div className={classes["foot"]}>
        {!collapsed && <UserMenu user={user} />}
        <ActionIcon
          onClick={onToggle}
          aria-label={collapsed ? "Expand sidebar" : "Collapse sidebar"}
        >
          {collapsed ? <PanelLeft size={16} /> : <PanelLeftClose size={16} />}
        </ActionIcon>
      </div>
    </aside>
  );
}

interface ItemProps {
  readonly entry: NavEntry;
  readonly collapsed: boolean;
  readonly projectId?: string;
}

function Item({ entry, collapsed, projectId }: ItemProps): ReactElement {
  const Icon = entry.icon;
  const link = (
    <Link
      to={entry.to}
      {...(projectId === undefined ? {} : { params: { projectId } })}
      activeOptions={{ exact: entry.exact ?? false, includeSearch: false }}
      className={classes["item"] ?? ""}
      aria-label={collapsed ? entry.label : undefined}
    >
      <Icon size={16} strokeWidth={1.75} />
      {!collapsed && entry.label}
    </Link>
  );
  return collapsed ? (
    <Tooltip label={entry.label} position="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

function ProjectSwitch({ projectId }: { readonly projectId: string }) {
  const project = useQuery(projectQuery(projectId)).data;
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton
          className={classes["project"] ?? ""}
          aria-label={`${project?.name ?? "…"}: switch project`}
        >
          <span>{project?.name ?? "…"}</span>
          <ChevronsUpDown size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {projects.map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={<FolderOpen size={14} />}
            onClick={() => navigate({ to: "/projects/$projectId", params: { projectId: one.id } })}
          >
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<LayoutGrid size={14} />}
          onClick={() => navigate({ to: "/projects" })}
        >
          All projects
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
