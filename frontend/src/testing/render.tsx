import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { theme } from "@/app/theme/theme";

/** Renders with the theme and a query client that neither retries nor remembers. */
export function renderUi(element: ReactElement): RenderResult {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, gcTime: 0 }, mutations: { retry: false } },
  });
  return render(
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} env="test">
        {element}
      </MantineProvider>
    </QueryClientProvider>,
  );
}
