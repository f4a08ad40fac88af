import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Role, Session } from "@/api/types";

export interface InvitationOffer {
  readonly project_name: string | null;
  readonly role: Role;
  readonly expires_at: string;
}

export interface NewAccount {
  readonly username?: string;
  readonly password?: string;
  readonly display_name?: string;
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => http.get<InvitationOffer>(`/invitations/${token}`, {}, signal),
    retry: false,
  });

export const acceptInvitation = (token: string, account: NewAccount) =>
  http.post<Session>(`/invitations/${token}/accept`, account);
