import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { http } from "../http";
import { keys } from "../keys";
import type { Session, User } from "../types";

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) => http.get<Session>("/session", {}, signal),
  staleTime: 60_000,
});

/** Who is signed in and what this installation can do; undefined until the first answer. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** The signed-in person. Only below the shell, which shows nothing without one. */
export function useUser(): User {
  const user = useSession()?.user;
  if (!user) throw new Error("useUser needs a signed-in person.");
  return user;
}

export const signIn = (credentials: { username: string; password: string }) =>
  http.post<Session>("/session", credentials);

export const signInByLink = (token: string) => http.post<Session>("/session/link", { token });

/** Makes `session` the current one, and forgets what was loaded as somebody else. */
export function enterSession(client: QueryClient, session: Session): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
  client.setQueryData(keys.session, session);
}

export const signOut = () => http.delete("/session");
