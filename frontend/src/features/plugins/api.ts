import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Paginated, PluginInfo } from "@/api/types";

/** Plugins change only with a restart of the server. */
export const pluginsQuery = queryOptions({
  queryKey: keys.plugins,
  queryFn: ({ signal }) => http.get<Paginated<PluginInfo>>("/plugins", {}, signal),
  staleTime: 300_000,
});
