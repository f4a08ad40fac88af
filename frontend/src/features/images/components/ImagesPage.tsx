import { Button, Modal, Skeleton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Images, SearchX, Upload } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { keys } from "@/api/keys";
import { useCan } from "@/api/queries/project";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyDone, notifyError } from "@/components/notify";
import type { Picked } from "@/components/upload/collect";
import { DropArea, DropBox, PickButtons } from "@/components/upload/DropZone";
import { startUpload } from "@/components/upload/store";
import { isVideo } from "@/components/upload/transport";
import { VideoChoice } from "@/components/upload/VideoChoice";
import { formatCount } from "@/lib/format";
import { oneOf, useStoredState } from "@/lib/stored-state";
import { type BulkRequest, changeImages, imagesQuery } from "../api";
import { filterOf, type ImageSearch, isFiltered } from "../lib/search";
import {
  countSelected,
  EVERYTHING,
  extend,
  NOTHING,
  type Selection,
  toggle,
} from "../lib/selection";
import { BulkBar } from "./BulkBar";
import { FilterBar, type TileSize } from "./FilterBar";
import { Gallery } from "./Gallery";
import classes from "./ImagesPage.module.css";

const HEIGHTS: Readonly<Record<TileSize, number>> = { S: 110, M: 168, L: 248 };

/** All images of a project: found, looked at, chosen, changed, added. */
export default function ImagesPage({ projectId }: { readonly projectId: string }) {
  const search = useSearch({ from: "/shell/projects/$projectId/images" });
  const navigate = useNavigate();
  const mayAdd = useCan(projectId, "images.add");
  const mayExport = useCan(projectId, "exports.run");
  const [size, setSize] = useStoredState<TileSize>("gallery-size", "M", oneOf("S", "M", "L"));
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const query = useInfiniteQuery(imagesQuery(projectId, search));
  const images = useMemo(
    () => query.data?.pages.flatMap((page) => page.results) ?? [],
    [query.data],
  );
  const counted = query.data?.pages[0];
  const total = Math.max(images.length, counted?.count ?? 0);
  const capped = counted?.count_capped === true && images.length < total;
  const chosen = countSelected(selection, total);

  const setSearch = (next: ImageSearch) => {
    setSelection(NOTHING);
    void navigate({
      to: "/projects/$projectId/images",
      params: { projectId },
      search: next,
      replace: true,
    });
  };
  const order = useMemo(() => images.map((image) => image.id), [images]);
  const select = useCallback(
    (id: string, shift: boolean) =>
      setSelection((before) => (shift ? extend(before, id, order) : toggle(before, id))),
    [order],
  );
  useHotkeys([
    ["Escape", () => setSelection(NOTHING)],
    ["mod+A", () => setSelection(EVERYTHING)],
  ]);
  const bulk = useBulk(projectId, selection, search, () => setSelection(NOTHING));
  const [waiting, setWaiting] = useState<Picked[]>([]);
  const send = (files: Picked[]) => {
    startUpload(projectId, files);
    if (search.upload) setSearch(withoutUpload(search));
  };
  const videos = waiting.filter((file) => isVideo(file.path)).length;
  const pick = (files: Picked[]) =>
    files.some((file) => isVideo(file.path)) ? setWaiting(files) : send(files);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const body = (
    <div className={classes["root"]}>
      <header className={classes["head"]}>
        <div className={classes["title"]}>
          <h1>Images</h1>
          {query.data !== undefined && (
            <span>
              {capped ? `more than ${formatCount(total - 1)}` : formatCount(total)}
              {isFiltered(search) && " found"}
            </span>
          )}
          <span className={classes["space"]} />
          {mayExport && total > 0 && isFiltered(search) && (
            <LinkButton
              variant="default"
              leftSection={<Download size={15} />}
              to="/projects/$projectId/export"
              params={{ projectId }}
              search={filterOf(search)}
            >
              Export these
            </LinkButton>
          )}
          {mayAdd && (
            <Button
              leftSection={<Upload size={15} />}
              onClick={() => setSearch({ ...search, upload: true })}
            >
              Upload
            </Button>
          )}
        </div>
        {chosen > 0 ? (
          <BulkBar
            projectId={projectId}
            count={chosen}
            all={selection.mode === "all"}
            total={total}
            capped={capped}
            busy={bulk.isPending}
            onAll={() => setSelection(EVERYTHING)}
            onClear={() => setSelection(NOTHING)}
            onAction={(request, done) => bulk.mutate({ request, done })}
          />
        ) : (
          <FilterBar
            projectId={projectId}
            search={search}
            onChange={setSearch}
            size={size}
            onSize={setSize}
          />
        )}
      </header>
      <div className={classes["body"]}>
        {query.isLoadingError && (
          <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.isPending && <Loading height={HEIGHTS[size]} />}
        {query.data !== undefined && images.length === 0 && (
          <Nothing
            filtered={isFiltered(search)}
            mayAdd={mayAdd}
            onPick={pick}
            onClear={() => setSearch({})}
          />
        )}
        {images.length > 0 && (
          <Gallery
            projectId={projectId}
            images={images}
            rowHeight={HEIGHTS[size]}
            selection={selection}
            choosing={chosen > 0}
            showScore={search.order?.endsWith("score") === true || search.min_score !== undefined}
            onSelect={select}
            more={hasNextPage && !isFetchingNextPage}
            loading={isFetchingNextPage}
            onMore={loadMore}
          />
        )}
      </div>
      {videos > 0 && (
        <VideoChoice
          count={videos}
          onCancel={() => setWaiting([])}
          onStart={() => {
            setWaiting([]);
            send(waiting);
          }}
        />
      )}
      {search.upload && mayAdd && (
        <Modal
          opened
          onClose={() => setSearch(withoutUpload(search))}
          title="Upload images"
          size={560}
        >
          <DropBox onPick={pick}>
            JPEG, PNG, WebP, BMP, TIFF and HEIC, zip archives of them, and videos, which become
            single pictures. You can also drop files anywhere on this page.
          </DropBox>
        </Modal>
      )}
    </div>
  );
  return mayAdd ? <DropArea onPick={pick}>{body}</DropArea> : body;
}

function withoutUpload(search: ImageSearch): ImageSearch {
  const { upload: _upload, ...rest } = search;
  return rest;
}

interface Bulk {
  readonly request: BulkRequest;
  readonly done: (changed: number) => string;
}

function useBulk(projectId: string, selection: Selection, search: ImageSearch, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ request }: Bulk) => changeImages(projectId, selection, search, request),
    onSuccess: ({ changed }, { done }) => {
      notifyDone(done(changed));
      onDone();
      return client.invalidateQueries({ queryKey: keys.project(projectId) });
    },
    onError: notifyError,
  });
}

interface NothingProps {
  readonly filtered: boolean;
  readonly mayAdd: boolean;
  readonly onPick: (files: Picked[]) => void;
  readonly onClear: () => void;
}

function Nothing({ filtered, mayAdd, onPick, onClear }: NothingProps) {
  if (filtered)
    return (
      <EmptyState
        icon={SearchX}
        title="No image fits these filters"
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      />
    );
  if (!mayAdd)
    return (
      <EmptyState icon={Images} title="No images yet">
        A manager of this project can add some.
      </EmptyState>
    );
  return (
    <EmptyState icon={Images} title="Add the first images" action={<PickButtons onPick={onPick} />}>
      Drop files, folders or zip archives anywhere on this page. Duplicates are noticed, and an
      upload that stops goes on where it was.
    </EmptyState>
  );
}

function Loading({ height }: { readonly height: number }) {
  return (
    <div className={classes["loading"]} role="status" aria-busy="true" aria-label="Loading images">
      {[230, 180, 260, 200, 240, 190, 220, 250, 210, 170].map((width) => (
        <Skeleton key={width} height={height} width={width} radius={4} />
      ))}
    </div>
  );
}
