import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { styleNonce } from "@/lib/nonce";
import { cssVariablesResolver, theme } from "./theme/theme";

const schemes = localStorageColorSchemeManager({ key: "marquee-color-scheme" });

interface Props {
  readonly client: QueryClient;
  readonly children: ReactNode;
  /** "test" leaves out transitions and portals. */
  readonly env?: "default" | "test";
}

/** Everything pages expect around them, outermost first. */
export function Providers({ client, children, env = "default" }: Props) {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
        env={env}
      >
        <Notifications position="bottom-right" limit={4} containerWidth={380} />
        <ModalsProvider>{children}</ModalsProvider>
      </MantineProvider>
    </QueryClientProvider>
  );
}
