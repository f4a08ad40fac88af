import { infiniteQueryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { ImageItem, Paginated } from "@/api/types";
import { filterOf, type ImageSearch } from "./lib/search";
import type { Selection } from "./lib/selection";

const PAGE = 200;

/** The gallery as pages of 200; the first page knows how many there are (up to 10,001). */
export const imagesQuery = (projectId: string, search: ImageSearch) => {
  const query = { ...filterOf(search), order: search.order ?? "-created" };
  return infiniteQueryOptions({
    queryKey: [...keys.images(projectId), query],
    queryFn: ({ pageParam, signal }) =>
      http.get<Paginated<ImageItem>>(
        `/projects/${projectId}/images`,
        { ...query, with: "boxes", limit: PAGE, cursor: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
};

export type BulkAction = "delete" | "set_split" | "set_state" | "prioritise" | "reset";

export interface BulkRequest {
  readonly action: BulkAction;
  readonly value?: string | number;
}

/** Does one thing to all chosen images; the server counts how many it changed. */
export function changeImages(
  projectId: string,
  selection: Selection,
  search: ImageSearch,
  request: BulkRequest,
): Promise<{ readonly changed: number }> {
  const target =
    selection.mode === "some"
      ? { ids: [...selection.ids] }
      : { filter: filterOf(search), except: [...selection.except] };
  return http.post(`/projects/${projectId}/images/bulk`, { ...target, ...request });
}
