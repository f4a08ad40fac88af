import { Loader } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useLabelMap } from "@/api/queries/project";
import type { ImageItem } from "@/api/types";
import { justify } from "../lib/justify";
import { isSelected, type Selection } from "../lib/selection";
import classes from "./Gallery.module.css";
import { Tile } from "./Tile";

interface Props {
  readonly projectId: string;
  readonly images: readonly ImageItem[];
  readonly rowHeight: number;
  readonly selection: Selection;
  readonly choosing: boolean;
  readonly showScore: boolean;
  readonly onSelect: (id: string, extend: boolean) => void;
  /** There are more pages, and none is on its way. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly onMore: () => void;
}

const GAP = 8;
const CAPTION = 24;

/** Justified rows, of which only the visible ones exist. */
export function Gallery(props: Props) {
  const { images, rowHeight, more, onMore } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const { ref: measure, width } = useElementSize();
  const labels = useLabelMap(props.projectId);
  const rows = useMemo(() => justify(images, width, rowHeight, GAP), [images, width, rowHeight]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.height ?? rowHeight) + CAPTION + GAP,
    overscan: 4,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another width have other heights.
  useEffect(() => virtual.measure(), [rows, virtual]);

  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 6) onMore();
  }, [more, last, rows.length, onMore]);

  return (
    <div ref={scroll} className={classes["scroll"]}>
      <div ref={measure} className={classes["sheet"]} style={{ height: virtual.getTotalSize() }}>
        {visible.map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              className={classes["row"]}
              style={{ transform: `translateY(${start}px)` }}
            >
              {row.tiles.map((tile) => {
                const image = images[tile.index];
                return image === undefined ? null : (
                  <Tile
                    key={image.id}
                    image={image}
                    projectId={props.projectId}
                    width={tile.width}
                    height={row.height}
                    selected={isSelected(props.selection, image.id)}
                    choosing={props.choosing}
                    showScore={props.showScore}
                    labels={labels}
                    onSelect={props.onSelect}
                  />
                );
              })}
            </div>
          );
        })}
      </div>
      {props.loading && (
        <div className={classes["loading"]}>
          <Loader size="xs" />
        </div>
      )}
    </div>
  );
}
