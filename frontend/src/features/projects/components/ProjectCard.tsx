import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Images } from "lucide-react";
import type { Project } from "@/api/types";
import { formatCount, formatPercent, plural } from "@/lib/format";
import { taskLabel } from "../lib";
import classes from "./ProjectCard.module.css";

/** A project at a glance: what is in it, how far it is, how good its model is. */
export function ProjectCard({ project }: { readonly project: Project }) {
  const { counts, best_metric: best } = project;
  const done = counts.images === 0 ? 0 : counts.labelled / counts.images;
  return (
    <Link
      to="/projects/$projectId"
      params={{ projectId: project.id }}
      className={classes["root"] ?? ""}
    >
      <Cover urls={project.cover} />
      <div className={classes["body"]}>
        <div className={classes["title"]}>
          <h2>{project.name}</h2>
          {project.is_demo && <Badge color="gray">Demo</Badge>}
        </div>
        <p className={classes["meta"]}>
          <span>{taskLabel(project)}</span>
          <span>{plural(project.members, "member")}</span>
          {best !== null && (
            <span title={`Best model, ${best.name} on its validation images`}>
              {best.name} <b>{best.value.toFixed(3)}</b>
            </span>
          )}
        </p>
        <Track labelled={counts.labelled} reviewed={counts.reviewed} total={counts.images} />
        <p className={classes["counts"]}>
          {counts.images === 0 ? (
            "No images yet"
          ) : (
            <>
              <span>
                {formatCount(counts.labelled)} of {plural(counts.images, "image")} labelled
              </span>
              <span>{formatPercent(done)}</span>
            </>
          )}
        </p>
      </div>
    </Link>
  );
}

function Track(props: {
  readonly labelled: number;
  readonly reviewed: number;
  readonly total: number;
}) {
  const part = (count: number) => `${props.total === 0 ? 0 : (100 * count) / props.total}%`;
  return (
    <div className={classes["track"]} aria-hidden="true">
      <span style={{ width: part(props.labelled) }} />
      <span data-kind="reviewed" style={{ width: part(props.reviewed) }} />
    </div>
  );
}

/** The first images of the project, as one mosaic. */
function Cover({ urls }: { readonly urls: readonly string[] }) {
  if (urls.length === 0)
    return (
      <div className={classes["empty"]}>
        <Images size={22} strokeWidth={1.5} />
      </div>
    );
  return (
    <div className={classes["cover"]} data-count={Math.min(4, urls.length)}>
      {urls.slice(0, 4).map((url) => (
        <img key={url} src={url} alt="" loading="lazy" decoding="async" />
      ))}
    </div>
  );
}
