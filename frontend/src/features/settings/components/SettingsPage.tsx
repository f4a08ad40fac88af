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

function numberSetting(project: Project, name: string, fallback: number): number {
  const value = project.settings[name];
  return typeof value === "number" ? value : fallback;
}

function General({ project, readOnly }: { readonly project: Project; readonly readOnly: boolean }) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: {
      name: project.name,
      description: project.description,
      task: project.task as string,
      lease_minutes: numberSetting(project, "lease_minutes", 15),
      prediction_threshold: numberSetting(project, "prediction_threshold", 0.25),
      strip_position: project.settings["strip_position"] === true,
    },
    validate: { name: (value) => (value.trim() === "" ? "A project needs a name." : null) },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) => {
      const { lease_minutes, prediction_threshold, strip_position, task, ...rest } = values;
      return updateProject(project.id, {
        ...rest,
        task: task as Task,
        settings: { ...project.settings, lease_minutes, prediction_threshold, strip_position },
      });
    },
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
          <Card title="Labelling">
            <Stack gap="md">
              <NumberInput
                label="An image stays with one person for"
                description="Counted from the last sign of life; then others may label it."
                suffix=" minutes"
                min={1}
                max={1440}
                allowDecimal={false}
                maw={280}
                {...form.getInputProps("lease_minutes")}
              />
              <NumberInput
                label="Show suggestions above this score"
                description="Where the slider on the labelling page starts."
                min={0}
                max={1}
                step={0.05}
                decimalScale={2}
                maw={280}
                {...form.getInputProps("prediction_threshold")}
              />
              <Switch
                label="Keep GPS positions out of storage"
                description="Positions inside image files are always removed from what is served; this removes them before storing."
                {...form.getInputProps("strip_position", { type: "checkbox" })}
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
