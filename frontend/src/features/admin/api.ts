import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { AdminUser, AuditEvent, Paginated } from "@/api/types";

export const usersQuery = queryOptions({
  queryKey: keys.users,
  queryFn: ({ signal }) => http.get<Paginated<AdminUser>>("/users", { limit: 500 }, signal),
});

export interface NewUser {
  readonly username: string;
  readonly display_name: string;
  readonly email: string;
  readonly is_admin: boolean;
}

export const createUser = (user: NewUser) => http.post<AdminUser>("/users", user);

export const changeUser = (
  id: number,
  patch: { readonly is_active?: boolean; readonly is_admin?: boolean },
) => http.patch<AdminUser>(`/users/${id}`, patch);

export interface OneTimeLink {
  readonly url: string;
  readonly expires_in_hours: number;
}

export const makeLink = (id: number) => http.post<OneTimeLink>(`/users/${id}/link`);

export const auditQuery = (project: string | null) =>
  infiniteQueryOptions({
    queryKey: keys.audit(project),
    queryFn: ({ pageParam, signal }) =>
      http.get<Paginated<AuditEvent>>("/audit", { project, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
