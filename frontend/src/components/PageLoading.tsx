import { Skeleton } from "@mantine/core";
import { Page } from "./Page";

/** The outline of a page that is on its way. */
export function PageLoading() {
  return (
    <Page>
      <div role="status" aria-busy="true" aria-label="Loading">
        <Skeleton height={28} width={220} mb={24} />
        <Skeleton height={96} mb={16} />
        <Skeleton height={240} />
      </div>
    </Page>
  );
}
