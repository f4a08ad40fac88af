import { useQuery } from "@tanstack/react-query";
import { messageOf } from "@/api/errors";
import { StatusDot } from "@/components/StatusDot";
import { plural } from "@/lib/format";
import type { DatasetVersion } from "../../types";
import { integrityQuery } from "../../versions-api";

/** Whether the stored manifest still has the hash that was written down when it was frozen. */
export function IntegrityLine({ version }: { readonly version: DatasetVersion }) {
  const check = useQuery(integrityQuery(version.id));
  if (check.isPending) {
    return (
      <StatusDot tone="run" pulse>
        Reading the manifest
      </StatusDot>
    );
  }
  if (check.isError) return <StatusDot tone="warn">{messageOf(check.error)}</StatusDot>;
  if (!check.data.ok) return <StatusDot tone="bad">{check.data.error}</StatusDot>;
  const missing = check.data.missing_images;
  return (
    <>
      <StatusDot tone="ok">Unchanged since it was frozen</StatusDot>
      {missing > 0 && (
        <StatusDot tone="warn">
          {plural(missing, "image")} of it deleted from the project since
        </StatusDot>
      )}
    </>
  );
}
