import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { Invitation, Member, Paginated, Role } from "@/api/types";

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.members(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Member>>(`/projects/${projectId}/members`, { limit: 500 }, signal),
  });

export const invitationsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.invitations(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Invitation>>(`/projects/${projectId}/invitations`, {}, signal),
  });

export interface CreatedInvitation extends Invitation {
  /** Shown once. */
  readonly url: string;
}

export const invite = (projectId: string, body: { readonly role: Role; readonly email: string }) =>
  http.post<CreatedInvitation>(`/projects/${projectId}/invitations`, body);

export const withdraw = (projectId: string, id: string) =>
  http.delete(`/projects/${projectId}/invitations/${id}`);

export const changeRole = (projectId: string, userId: number, role: Role) =>
  http.patch<Member>(`/projects/${projectId}/members/${userId}`, { role });

export const removeMember = (projectId: string, userId: number) =>
  http.delete(`/projects/${projectId}/members/${userId}`);
