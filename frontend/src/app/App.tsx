import { RouterProvider } from "@tanstack/react-router";
import { Providers } from "./Providers";
import { createQueryClient } from "./query-client";
import { makeRouter } from "./router";

const client = createQueryClient();
const router = makeRouter(client);

/** The composition root of the front end. */
export function App() {
  return (
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  );
}
