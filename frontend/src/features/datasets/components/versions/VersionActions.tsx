import { ActionIcon, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { EllipsisVertical, RotateCcw, Trash2 } from "lucide-react";
import { keys } from "@/api/keys";
import { confirmDestructive } from "@/components/confirm";
import { notifyDone, notifyError } from "@/components/notify";
import { plural } from "@/lib/format";
import type { DatasetVersion } from "../../types";
import { deleteVersion, restoreVersion } from "../../versions-api";

interface Props {
  readonly projectId: string;
  readonly version: DatasetVersion;
}

/** Restore and delete, each after a question that says what will happen. */
export function VersionActions({ projectId, version }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const restore = useMutation({
    mutationFn: () => restoreVersion(version.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
      notifyDone(`Version ${version.number} is being restored.`);
    },
    onError: notifyError,
  });
  const remove = useMutation({
    mutationFn: () => deleteVersion(version.id),
    onSuccess: async () => {
      await navigate({ to: "/projects/$projectId/versions", params: { projectId } });
      void client.invalidateQueries({ queryKey: keys.versions(projectId) });
      notifyDone(`Version ${version.number} is deleted.`);
    },
    onError: notifyError,
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size={32}
          aria-label="More actions"
          loading={restore.isPending || remove.isPending}
        >
          <EllipsisVertical size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<RotateCcw size={14} />}
          onClick={() =>
            confirmDestructive({
              title: `Restore version ${version.number}?`,
              body: `The annotations of ${plural(version.counts.images ?? 0, "image")} go back to what they were then. What is there now is frozen as a version of its own first: restore that one to undo this. Images added since stay as they are.`,
              confirm: "Restore",
              onConfirm: () => restore.mutate(),
            })
          }
        >
          Restore into the project
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<Trash2 size={14} />}
          onClick={() =>
            confirmDestructive({
              title: `Delete version ${version.number}?`,
              body: "Its manifest is gone for good. Images and annotations of the project stay. A version that a model was trained on cannot be deleted.",
              confirm: "Delete",
              onConfirm: () => remove.mutate(),
            })
          }
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
