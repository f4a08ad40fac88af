import { Button, Modal, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Layers, Plus } from "lucide-react";
import { useState } from "react";
import { isActive, jobsQuery } from "@/api/queries/jobs";
import { useCan } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { versionsQuery } from "../../api";
import datasets from "../datasets.module.css";
import { FreezeForm } from "./FreezeForm";
import { TestSetCard } from "./TestSetCard";
import { VersionJobs } from "./VersionJobs";
import { VersionTable } from "./VersionTable";

interface Props {
  readonly projectId: string;
}

/** Frozen states of the dataset, and the test set that none of them may touch. */
export default function VersionsPage({ projectId }: Props) {
  const query = useQuery(versionsQuery(projectId));
  const jobs = useQuery(jobsQuery(projectId));
  const may = useCan(projectId, "versions.create");
  const [open, setOpen] = useState(false);
  const versions = query.data?.results ?? [];
  const running = jobs.data?.results.filter((job) => job.kind === "version") ?? [];
  const freeze = may && (
    <Button leftSection={<Plus size={14} />} onClick={() => setOpen(true)}>
      Freeze a version
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Versions"
        description="A version is a frozen list of images, labels and splits. Every model points to one."
      >
        {freeze}
      </PageHeader>
      <div className={datasets["stack"]}>
        {query.isPending && <Skeleton height={240} />}
        {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
        <VersionJobs projectId={projectId} jobs={running.filter(isActive)} />
        {query.isSuccess && versions.length === 0 && (
          <EmptyState icon={Layers} title="No version yet" action={freeze}>
            Training freezes one by itself; freeze one by hand to share or export a fixed state.
          </EmptyState>
        )}
        {versions.length > 0 && (
          <>
            <TestSetCard projectId={projectId} newest={versions[0]} may={may} />
            <Card flush>
              <VersionTable projectId={projectId} versions={versions} />
            </Card>
          </>
        )}
      </div>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title="Freeze a version"
        size="min(960px, 94vw)"
      >
        <FreezeForm projectId={projectId} onDone={() => setOpen(false)} />
      </Modal>
    </Page>
  );
}
