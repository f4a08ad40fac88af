import { vi } from "vitest";
import { API_ROOT } from "@/api/http";

type Answer = unknown | ((body: unknown) => unknown);

/** An answer that is not a success. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {}
}

export interface FakeServer {
  /** Every request as "POST /projects", in order. */
  readonly requests: string[];
  /** The parsed body of the last request of that name. */
  readonly body: (name: string) => unknown;
  readonly set: (name: string, answer: Answer) => void;
}

/**
 * Replaces `fetch` for one test. Routes are "GET /projects" → JSON, a function of the body, or a `Refusal`; queries are
 * not part of a name. An unknown route answers 404, as the server does.
 */
export function fakeServer(routes: Record<string, Answer>): FakeServer {
  const known = new Map(Object.entries(routes));
  const requests: string[] = [];
  const bodies = new Map<string, unknown>();
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const path = input.slice(API_ROOT.length).split("?")[0] ?? "";
    const name = `${init.method ?? "GET"} ${path}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : null;
    requests.push(name);
    bodies.set(name, body);
    const route = known.has(name) ? known.get(name) : new Refusal(404, "not_found", `No ${name}.`);
    const answer: unknown = typeof route === "function" ? route(body) : route;
    const refused = answer instanceof Refusal;
    return new Response(
      JSON.stringify(refused ? { code: answer.code, detail: answer.detail } : answer),
      { status: refused ? answer.status : 200, headers: { "content-type": "application/json" } },
    );
  });
  return {
    requests,
    body: (name) => bodies.get(name),
    set: (name, answer) => {
      known.set(name, answer);
    },
  };
}
