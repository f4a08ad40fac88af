import { useQuery } from "@tanstack/react-query";
import { Link, useMatches } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { projectQuery } from "@/api/queries/project";
import classes from "./TopBar.module.css";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the breadcrumb calls the page. */
    readonly crumb?: string;
    /** The page brings its own frame: no padding, small navigation. */
    readonly immersive?: boolean;
  }
}

/** Projects / <project> / <page>; the last one is where one is. */
export function Breadcrumb({ projectId }: { readonly projectId: string | null }) {
  const matches = useMatches();
  const project = useQuery({ ...projectQuery(projectId ?? ""), enabled: projectId !== null }).data;
  const crumbs: { key: string; text: string; link: (text: string) => ReactNode }[] = [];
  if (projectId !== null) {
    crumbs.push({
      key: "projects",
      text: "Projects",
      link: (text) => <Link to="/projects">{text}</Link>,
    });
    crumbs.push({
      key: "project",
      text: project?.name ?? "…",
      link: (text) => (
        <Link to="/projects/$projectId" params={{ projectId }}>
          {text}
        </Link>
      ),
    });
  }
  for (const match of matches) {
    const text = match.staticData.crumb;
    if (text !== undefined)
      crumbs.push({
        key: match.id,
        text,
        link: (label) => <Link to={match.pathname}>{label}</Link>,
      });
  }
  return (
    <nav className={classes["crumbs"]} aria-label="Breadcrumb">
      {crumbs.map((crumb, index) => (
        <Fragment key={crumb.key}>
          {index > 0 && <ChevronRight size={13} />}
          {index === crumbs.length - 1 ? (
            <span aria-current="page">{crumb.text}</span>
          ) : (
            crumb.link(crumb.text)
          )}
        </Fragment>
      ))}
    </nav>
  );
}
