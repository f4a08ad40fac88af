import { Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import { useState } from "react";
import { countsOfEntry, framesOf, type Side, sayEntry, sayImage } from "../../lib/diff";
import type { DiffEntry } from "../../version-types";
import classes from "./diff.module.css";

interface Props {
  readonly projectId: string;
  readonly entry: DiffEntry;
  readonly side: Side;
}

/** One image with the frames that appeared, went and moved. */
export function DiffTile({ projectId, entry, side }: Props) {
  const name = entry.name.split("/").at(-1);
  const counts = countsOfEntry(entry);
  const said = sayImage(entry);
  return (
    <li className={classes["tile"]}>
      <Picture entry={entry} side={side} />
      <div className={classes["caption"]}>
        {!entry.exists ? (
          <span title={entry.name}>{name}</span>
        ) : (
          <Link
            to="/projects/$projectId/label/$imageId"
            params={{ projectId, imageId: entry.id }}
            preload={false}
            title={entry.name}
          >
            {name}
          </Link>
        )}
        {counts.added > 0 && <b data-change="added">+{counts.added}</b>}
        {counts.removed > 0 && <b data-change="removed">−{counts.removed}</b>}
        {counts.changed > 0 && <b data-change="changed">~{counts.changed}</b>}
      </div>
      {said !== "" && <p className={classes["said"]}>{said}</p>}
    </li>
  );
}

function Picture({ entry, side }: { readonly entry: DiffEntry; readonly side: Side }) {
  const [broken, setBroken] = useState(entry.thumb_url === null);
  return (
    <div
      className={classes["picture"]}
      style={{ aspectRatio: `${entry.width || 4} / ${entry.height || 3}` }}
    >
      {broken ? (
        <span className={classes["missing"]}>
          <ImageOff size={18} /> not here any more
        </span>
      ) : (
        <img
          src={entry.thumb_url ?? ""}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      )}
      <svg
        viewBox={`0 0 ${entry.width || 4} ${entry.height || 3}`}
        role="img"
        aria-label={`${entry.name}: ${sayEntry(entry)}`}
      >
        {framesOf(entry, side).map(({ key, frame: [x, y, w, h], change, past }) => (
          <rect
            key={key}
            x={x}
            y={y}
            width={w}
            height={h}
            data-change={change}
            data-past={(past && change === "changed") || undefined}
          />
        ))}
      </svg>
    </div>
  );
}
