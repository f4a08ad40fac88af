import { Link } from "@tanstack/react-router";
import { Check, Copy, ImageOff, UserRound } from "lucide-react";
import { memo } from "react";
import type { ImageItem, ImageState, Label } from "@/api/types";
import { formatCount } from "@/lib/format";
import { STATE_LABELS } from "../lib/search";
import classes from "./Tile.module.css";

interface Props {
  readonly image: ImageItem;
  readonly projectId: string;
  readonly width: number;
  readonly height: number;
  readonly selected: boolean;
  /** While something is chosen, a click on the picture chooses too. */
  readonly choosing: boolean;
  readonly showScore: boolean;
  readonly labels: ReadonlyMap<number, Label>;
  readonly onSelect: (id: string, extend: boolean) => void;
}

/** One picture of the gallery: what it is, what is on it, how far it is. */
export const Tile = memo(function Tile(props: Props) {
  const { image, width, height, selected, choosing, onSelect } = props;
  return (
    <figure
      className={classes["root"]}
      style={{ width }}
      data-selected={selected || undefined}
      data-choosing={choosing || undefined}
    >
      <Link
        to="/projects/$projectId/label/$imageId"
        params={{ projectId: props.projectId, imageId: image.id }}
        className={classes["picture"] ?? ""}
        style={{ height }}
        preload={false}
        draggable={false}
        aria-label={`Open ${image.name}`}
        onClick={(event) => {
          if (!choosing && !event.shiftKey) return;
          event.preventDefault();
          onSelect(image.id, event.shiftKey);
        }}
      >
        {image.thumb_url === null ? (
          <span className={classes["absent"]} title="The picture itself is not here">
            <ImageOff size={22} aria-hidden="true" />
            {image.width} × {image.height}
          </span>
        ) : (
          <img src={image.thumb_url} alt="" loading="lazy" decoding="async" draggable={false} />
        )}
        <Shapes {...props} />
      </Link>
      <button
        type="button"
        aria-pressed={selected}
        aria-label={`Select ${image.name}`}
        className={classes["tick"]}
        onClick={(event) => onSelect(image.id, event.shiftKey)}
      >
        <Check size={13} strokeWidth={3} />
      </button>
      <Badges image={image} showScore={props.showScore} />
      <figcaption
        className={classes["caption"]}
        title={`${image.name} · ${STATE_LABELS[image.state]}`}
      >
        <StateMark state={image.state} />
        <span>{image.name.split("/").at(-1)}</span>
        {image.annotation_count > 0 && <small>{formatCount(image.annotation_count)}</small>}
      </figcaption>
    </figure>
  );
});

function StateMark({ state }: { readonly state: ImageState }) {
  return (
    <i
      className={classes["state"]}
      data-state={state}
      role="img"
      aria-label={STATE_LABELS[state]}
    />
  );
}

function Badges({ image, showScore }: { readonly image: ImageItem; readonly showScore: boolean }) {
  return (
    <div className={classes["badges"]}>
      {showScore && image.score !== null && (
        <span title="Acquisition score">{image.score.toFixed(2)}</span>
      )}
      {image.duplicate_of !== null && (
        <span title="Looks like another image of this project">
          <Copy size={11} />
        </span>
      )}
      {image.assigned_to !== null && (
        <span title={`${image.assigned_to.name} is labelling this`}>
          <UserRound size={11} />
        </span>
      )}
      {image.split !== "" && <span title="Fixed split">{image.split}</span>}
    </div>
  );
}

/** The bounding boxes of what is labelled, in image pixels under the picture's own scale. */
function Shapes({ image, labels }: Props) {
  if (image.boxes === undefined || image.boxes.length === 0) return null;
  return (
    <svg
      className={classes["shapes"]}
      viewBox={`0 0 ${image.width} ${image.height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      {image.boxes.map(([label, x, y, w, h]) => (
        <rect
          key={`${label},${x},${y},${w},${h}`}
          x={x}
          y={y}
          width={w}
          height={h}
          stroke={labels.get(label)?.color ?? "#ffffff"}
        />
      ))}
    </svg>
  );
}
