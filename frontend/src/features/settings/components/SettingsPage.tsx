import {
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { useProject } from "@/api/queries/project";
import type { Project, Task } from "@/api/types";
import { Card } from "@/components/Card";
import { confirmByName } from "@/components/confirm";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone, notifyError } from "@/components/notify";
import { plural } from "@/lib/format";
import { deleteProject, updateProject } from "../api";
import { SettingsFrame } from "./SettingsFrame";

const TASKS = [
  { value: "detect", label: "Detection: boxes around objects" },
  { value: "segment", label: "Segmentation: polygons and masks" },
  { value: "classify", label: "Classification: one class per image" },
];

/** Name, task and labelling policy of a project, and its end. */
export default function SettingsPage({ projectId }: { readonly projectId: string }) {
  const project = useProject(projectId);
  const readOnly = !can(project.role, "project.edit");
  return (
    <SettingsFrame projectId={projectId} tab="general">
      <Stack gap="md">
        <General key={project.id} project={project} readOnly={readOnly} />
        {can(project.role, "project.delete") && <Danger project={project} />}
      </Stack>
    </SettingsFrame>
  );
}

function General({ project, readOnly }: { readonly project: Project; readonly readOnly: boolean }) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: {
      name: project.name,
      description: project.description,
      task: project.task as string,
      settings: { ...project.settings },
    },
    validate: { name: (value) => (value.trim() === "" ? "A project needs a name." : null) },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      updateProject(project.id, { ...values, task: values.task as Task }),
    onSuccess: (saved, values) => {
      client.setQueryData(keys.project(project.id), saved);
      void client.invalidateQueries({ queryKey: keys.projects });
      form.resetDirty(values);
      notifyDone("Settings saved.");
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset disabled={readOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="md">
          <Card title="Project">
            <Stack gap="md">
              <TextInput label="Name" maxLength={200} {...form.getInputProps("name")} />
              <Textarea
                label="Description"
                description="What is in the images, and what counts as an object."
                autosize
                minRows={2}
                {...form.getInputProps("description")}
              />
              <Select
                label="Task"
                description="What models of this project predict by default. Labels of every kind stay possible."
                data={TASKS}
                allowDeselect={false}
                {...form.getInputProps("task")}
              />
            </Stack>
          </Card>
          <Card title="Labelling and images">
            <Stack gap="md">
              <NumberInput
                label="An image stays with one person for"
                description="Counted from the last sign of life; then others may label it."
                suffix=" minutes"
                min={1}
                max={240}
                allowDecimal={false}
                styles={{ wrapper: { maxWidth: 220 } }}
                {...form.getInputProps("settings.lease_minutes")}
              />
              <NumberInput
                label="Show suggestions above this score"
                description="Where the slider on the labelling page starts."
                min={0}
                max={1}
                step={0.05}
                decimalScale={2}
                styles={{ wrapper: { maxWidth: 220 } }}
                {...form.getInputProps("settings.prediction_threshold")}
              />
              <NumberInput
                label="Near-duplicates differ in at most"
                description="Of the 64 bits of an image's fingerprint. 0 finds only copies, 10 also loose likeness."
                suffix=" bits"
                min={0}
                max={32}
                allowDecimal={false}
                styles={{ wrapper: { maxWidth: 220 } }}
                {...form.getInputProps("settings.near_duplicate_bits")}
              />
              <Switch
                label="Only reviewed images count as done"
                {...form.getInputProps("settings.review_required", { type: "checkbox" })}
              />
              <Switch
                label="Keep GPS positions out of storage"
                description="Positions inside image files are removed before they are stored."
                {...form.getInputProps("settings.strip_position", { type: "checkbox" })}
              />
            </Stack>
          </Card>
          {save.isError && <ErrorNotice error={save.error} />}
          {!readOnly && (
            <Group justify="flex-end">
              <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}

function Danger({ project }: { readonly project: Project }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => deleteProject(project.id, project.name),
    onSuccess: async () => {
      await navigate({ to: "/projects" });
      client.removeQueries({ queryKey: keys.project(project.id) });
      void client.invalidateQueries({ queryKey: keys.projects });
      notifyDone(`“${project.name}” was deleted.`);
    },
    onError: notifyError,
  });
  return (
    <Card title="Delete this project" tone="danger">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {plural(project.counts.images, "image")}, {plural(project.counts.annotations, "object")},
          all versions and models go with it. This cannot be undone.
        </Text>
        <Button
          color="red"
          variant="light"
          loading={remove.isPending}
          style={{ flex: "none" }}
          onClick={() =>
            confirmByName({
              title: "Delete the project",
              body: "Everything in it is deleted for everybody, at once and for good.",
              confirm: "Delete for good",
              name: project.name,
              onConfirm: () => remove.mutate(),
            })
          }
        >
          Delete …
        </Button>
      </Group>
    </Card>
  );
}
