import { useQuery } from "@tanstack/react-query";
import { can } from "@/api/permissions";
import { labelsQuery, useProject } from "@/api/queries/project";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageLoading } from "@/components/PageLoading";
import { useSaver } from "@/sync/use-saver";
import { useDarkWork } from "../hooks/use-dark-work";
import { WorkbenchPage } from "./WorkbenchPage";

interface Props {
  readonly projectId: string;
  /** A certain image (from the gallery), or null to go through the queue. */
  readonly imageId: string | null;
}

/** Labelling: waits for the project, its classes and the journal, then opens the workbench. */
export default function LabellingPage({ projectId, imageId }: Props) {
  const project = useProject(projectId);
  const schema = useQuery(labelsQuery(projectId));
  const saver = useSaver();
  const darkness = useDarkWork();
  // Once it is here, work goes on whether or not the server can be reached: the journal keeps it.
  if (schema.isLoadingError)
    return (
      <Page>
        <ErrorNotice error={schema.error} onRetry={() => void schema.refetch()} />
      </Page>
    );
  if (schema.data === undefined || saver === null) return <PageLoading />;
  // Who may not label has no queue: the same page, to look at.
  const mode = imageId === null && can(project.role, "annotations.edit") ? "queue" : "browse";
  return (
    <WorkbenchPage
      key={`${projectId} ${mode} ${saver.user}`}
      mode={mode}
      project={project}
      labels={schema.data.labels}
      saver={saver}
      imageId={imageId}
      darkness={darkness}
    />
  );
}
