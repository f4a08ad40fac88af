/**
 * Query keys. Everything of a project hangs below ["project", id], so that one prefix freshens all of it.
 */
export const keys = {
  session: ["session"] as const,
  projects: ["projects"] as const,
  project: (id: string) => ["project", id] as const,
  overview: (id: string) => ["project", id, "overview"] as const,
  labels: (id: string) => ["project", id, "labels"] as const,
  members: (id: string) => ["project", id, "members"] as const,
  invitations: (id: string) => ["project", id, "invitations"] as const,
  images: (id: string) => ["project", id, "images"] as const,
  queue: (id: string) => ["project", id, "queue"] as const,
  jobs: (id: string) => ["project", id, "jobs"] as const,
  allJobs: ["jobs"] as const,
  sources: (id: string) => ["project", id, "sources"] as const,
  versions: (id: string) => ["project", id, "versions"] as const,
  training: (id: string) => ["project", id, "training"] as const,
  runs: (id: string) => ["project", id, "runs"] as const,
  models: (id: string) => ["project", id, "models"] as const,
  rounds: (id: string) => ["project", id, "rounds"] as const,
  learningCurve: (id: string) => ["project", id, "learning-curve"] as const,
  acceptance: (id: string) => ["project", id, "acceptance"] as const,
  image: (id: string) => ["image", id] as const,
  job: (id: string) => ["job", id] as const,
  version: (id: string) => ["version", id] as const,
  run: (id: string) => ["run", id] as const,
  model: (id: string) => ["model", id] as const,
  round: (id: string) => ["round", id] as const,
  plugins: ["plugins"] as const,
  tokens: ["tokens"] as const,
  users: ["users"] as const,
  audit: (project: string | null) => ["audit", project] as const,
};

type Key = readonly (string | null)[];

/** What a message of the server makes stale. */
export function staleAfter(
  topic: string,
  project: string | null,
  data: Readonly<Record<string, unknown>>,
): Key[] {
  const id = typeof data["id"] === "string" ? data["id"] : null;
  const one = (key: (id: string) => Key): Key[] => (id === null ? [] : [key(id)]);
  const of = (...build: ((id: string) => Key)[]): Key[] =>
    project === null ? [] : build.map((key) => key(project));
  switch (topic) {
    case "project":
      return [keys.projects, ...of(keys.project)];
    case "members":
      return [keys.projects, ...of(keys.members, keys.invitations)];
    case "images":
      return [keys.projects, ...of(keys.images, keys.overview, keys.queue)];
    case "image":
      return [...of(keys.images, keys.overview, keys.queue), ...one(keys.image)];
    case "annotations":
      return of(keys.overview);
    case "versions":
      return [...of(keys.versions), ...one(keys.version)];
    case "job":
      return [keys.allJobs, ...of(keys.jobs, keys.sources), ...one(keys.job)];
    case "run":
      return [...of(keys.runs), ...one(keys.run)];
    case "model":
      return [
        keys.projects,
        ...of(keys.models, keys.learningCurve, keys.training),
        ...one(keys.model),
      ];
    case "round":
      return [...of(keys.rounds, keys.queue, keys.images), ...one(keys.round)];
    case "predictions":
      return of(keys.acceptance, keys.images);
    default:
      return [];
  }
}
