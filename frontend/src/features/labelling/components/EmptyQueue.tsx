import { Button } from "@mantine/core";
import { CheckCheck } from "lucide-react";
import { can } from "@/api/permissions";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/LinkButton";
import { useWork, useWorkbench } from "../hooks/workbench";

/** Nothing is left to label: what comes next in the loop. */
export function EmptyQueue({ onPrevious }: { readonly onPrevious: () => void }) {
  const { project } = useWorkbench();
  const { visited } = useWork();
  const params = { projectId: project.id };
  if (project.counts.images === 0)
    return (
      <EmptyState
        icon={CheckCheck}
        title="This project has no images yet"
        action={
          can(project.role, "images.add") && (
            <LinkButton to="/projects/$projectId/images" params={params}>
              Add images
            </LinkButton>
          )
        }
      >
        Labelling starts when somebody has added images.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={CheckCheck}
      title="Nothing is left to label"
      action={
        <>
          {can(project.role, "rounds.start") && (
            <LinkButton to="/projects/$projectId/rounds" params={params}>
              Pick 20 more
            </LinkButton>
          )}
          {can(project.role, "runs.start") && (
            <LinkButton to="/projects/$projectId/training" params={params} variant="default">
              Train a model
            </LinkButton>
          )}
          <LinkButton to="/projects/$projectId/images" params={params} variant="default">
            Look through the images
          </LinkButton>
          {visited.length > 0 && (
            <Button variant="subtle" color="gray" onClick={onPrevious}>
              Back to the last image
            </Button>
          )}
        </>
      }
    >
      Every image is labelled, skipped, in somebody else's hands, or its picture is not here. Train
      on what there is, or let the model pick what helps it most.
    </EmptyState>
  );
}
