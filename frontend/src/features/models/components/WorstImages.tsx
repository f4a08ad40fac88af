import { Link } from "@tanstack/react-router";
import { classColor } from "@/lib/palette";
import { outlineOf } from "../lib/outline";
import type { Model, Shape, WorstImage } from "../types";
import classes from "./ModelPage.module.css";

interface Props {
  readonly projectId: string;
  readonly images: readonly WorstImage[];
  readonly labels: Model["labels"];
}

/** Images on which the model did worst, truth and prediction drawn together; click to open one. */
export function WorstImages({ projectId, images, labels }: Props) {
  return (
    <>
      <p className={classes["legend"]}>
        <span>truth</span>
        <span data-dashed>prediction</span>
      </p>
      <div className={classes["worst"]}>
        {images.map((image) => (
          <article key={image.image} className={classes["item"]}>
            <Link
              className={classes["picture"] ?? ""}
              to="/projects/$projectId/label/$imageId"
              params={{ projectId, imageId: image.image }}
              aria-label={`Open ${image.name}`}
            >
              {(image.preview_url ?? image.thumb_url) !== null && (
                <img src={image.preview_url ?? image.thumb_url ?? ""} alt="" loading="lazy" />
              )}
              <svg
                viewBox={`0 0 ${image.width} ${image.height}`}
                preserveAspectRatio="xMidYMid meet"
                aria-hidden="true"
              >
                {image.truth.map((shape, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: shapes of a finished report have no identity.
                  <Outline key={`t${index}`} shape={shape} labels={labels} />
                ))}
                {image.predicted.map((shape, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: shapes of a finished report have no identity.
                  <Outline key={`p${index}`} shape={shape} labels={labels} dashed />
                ))}
              </svg>
            </Link>
            <footer>
              <b>{image.name}</b>
              {image.reason}
            </footer>
          </article>
        ))}
      </div>
    </>
  );
}

interface OutlineProps {
  readonly shape: Shape;
  readonly labels: Model["labels"];
  readonly dashed?: boolean;
}

function Outline({ shape, labels, dashed = false }: OutlineProps) {
  const index = labels.findIndex((label) => label.name === shape.label);
  return (
    <path
      d={outlineOf(shape.geometry)}
      fill="none"
      stroke={classColor(Math.max(0, index))}
      strokeWidth={2}
      strokeDasharray={dashed ? "6 4" : undefined}
      vectorEffect="non-scaling-stroke"
    />
  );
}
