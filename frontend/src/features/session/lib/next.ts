/** Where to go after signing in: a path of ours, never another site. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith("/") || /^\/[/\\]/.test(next)) return "/projects";
  return next.startsWith("/sign-in") ? "/projects" : next;
}
