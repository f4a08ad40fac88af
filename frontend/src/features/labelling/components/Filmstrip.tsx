import { ActionIcon, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { ImageItem, Paginated } from "@/api/types";
import type { Flow } from "../hooks/use-flow";
import { useWork, useWorkbench } from "../hooks/workbench";
import classes from "./Filmstrip.module.css";

interface Props {
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly flow: Flow;
}

/** Where one is in the row of images: what was done, what is open, what comes. */
export function Filmstrip({ open, onToggle, flow }: Props) {
  const { work } = useWork();
  const images = useStrip();
  const current = useRef<HTMLButtonElement>(null);
  const id = work?.image.id;
  useEffect(() => {
    if (id !== undefined && open)
      current.current?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [id, open]);
  if (images.length === 0) return null;
  return (
    <nav className={classes["root"]} data-open={open || undefined} aria-label="Images">
      <Tooltip label={open ? "Fold the row of images" : "Show the row of images"} position="top">
        <ActionIcon
          className={classes["fold"] ?? ""}
          size={20}
          aria-label={open ? "Fold the row of images" : "Show the row of images"}
          aria-expanded={open}
          onClick={onToggle}
        >
          {open ? <ChevronDown size={14} /> : <ChevronUp size={14} />}
        </ActionIcon>
      </Tooltip>
      {open && (
        <div className={classes["strip"]}>
          {images.map((image) => (
            <button
              key={image.id}
              ref={image.id === id ? current : null}
              type="button"
              className={classes["frame"]}
              aria-current={image.id === id || undefined}
              aria-label={`${image.name}, ${image.state.replace("_", " ")}`}
              title={image.name}
              data-state={image.state}
              onClick={() => image.id !== id && flow.open(image.id)}
            >
              {image.thumb_url !== null && (
                <img src={image.thumb_url} alt="" loading="lazy" draggable={false} />
              )}
              {image.score !== null && (
                <span
                  className={classes["score"]}
                  style={{ transform: `scaleX(${Math.min(1, Math.max(0.04, image.score))})` }}
                />
              )}
            </button>
          ))}
        </div>
      )}
    </nav>
  );
}

/** In the queue: this sitting and what comes. Otherwise: the images of the project in their order. */
function useStrip(): readonly ImageItem[] {
  const { session, project } = useWorkbench();
  const { visited, upcoming, work } = useWork();
  const browsing = session.mode === "browse";
  const list = useQuery({
    queryKey: [...keys.images(project.id), "strip"],
    queryFn: ({ signal }) =>
      http.get<Paginated<ImageItem>>(`/projects/${project.id}/images`, { limit: 200 }, signal),
    enabled: browsing,
  }).data?.results;
  if (!browsing) {
    const seen = new Set(visited.map(({ id }) => id));
    return [...visited.slice(-20), ...upcoming.filter(({ id }) => !seen.has(id))];
  }
  if (list === undefined || work === null) return list ?? [];
  return list.some(({ id }) => id === work.image.id) ? list : [work.image, ...list];
}
