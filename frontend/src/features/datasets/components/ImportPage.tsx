import { FolderInput } from "lucide-react";
import { useCan } from "@/api/queries/project";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ImportWizard } from "./import/ImportWizard";

interface Props {
  readonly projectId: string;
}

/** Bring a labelled dataset in: send it, look at what was found, say what its classes mean, import. */
export default function ImportPage({ projectId }: Props) {
  const may = useCan(projectId, "imports.run");
  return (
    <Page>
      <PageHeader
        title="Import"
        description="Nothing is written before you have seen what was found."
      >
        <LinkButton variant="default" to="/projects/$projectId/export" params={{ projectId }}>
          Export instead
        </LinkButton>
      </PageHeader>
      {may ? (
        <ImportWizard projectId={projectId} />
      ) : (
        <EmptyState icon={FolderInput} title="Only managers import datasets" compact />
      )}
    </Page>
  );
}
