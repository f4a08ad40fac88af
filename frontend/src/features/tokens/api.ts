import { queryOptions } from "@tanstack/react-query";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import type { AccessToken, Paginated } from "@/api/types";

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: ({ signal }) => http.get<Paginated<AccessToken>>("/tokens", {}, signal),
});

export interface NewToken {
  readonly name: string;
  readonly scope: AccessToken["scope"];
  readonly project?: string;
  readonly expires_in_days?: number;
}

export const createToken = (token: NewToken) =>
  http.post<AccessToken & { readonly token: string }>("/tokens", token);

export const revokeToken = (id: string) => http.delete(`/tokens/${id}`);
