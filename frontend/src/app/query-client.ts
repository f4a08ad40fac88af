import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

/** What the server refused stays refused; only silence and overload are worth asking again. */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 502 && failures < 2;
  return failures < 2;
}

/** Events from the server keep data fresh, so that coming back to a tab need not ask for everything again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: worthRetrying, staleTime: 15_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}
