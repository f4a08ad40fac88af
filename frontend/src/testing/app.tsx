import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { type RenderResult, render } from "@testing-library/react";
import { vi } from "vitest";
import { Providers } from "@/app/Providers";
import { createQueryClient } from "@/app/query-client";
import { makeRouter } from "@/app/router";

class SilentSource extends EventTarget {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly readyState = 1;
  close(): void {}
}

/** The whole front end at an address, with its real router; give it a `fakeServer` first. */
export function renderApp(address: string): RenderResult & { readonly address: () => string } {
  vi.stubGlobal("EventSource", SilentSource);
  const client = createQueryClient();
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [address] }));
  const result = render(
    <Providers client={client} env="test">
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...result, address: () => router.state.location.href };
}
