/** What to type to fetch an archive, and to go on where a broken download stopped (`-C -`). */
export function resumeCommand(origin: string, path: string, name: string): string {
  const file = name.replaceAll("'", "");
  return `curl -L -C - -o '${file}' -H "Authorization: Bearer $MARQUEE_TOKEN" ${origin}${path}`;
}
