import { Alert, Button, Group, NumberInput, SegmentedControl, Select, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import { keys } from "@/api/keys";
import type { Project } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, validate } from "@/components/schema-form/schema";
import { startRun } from "../api";
import { architectureOptions, SCRATCH, weightsOptions } from "../lib/choices";
import type { Backend, TrainingSetup } from "../types";
import classes from "./StartForm.module.css";

interface Props {
  readonly project: Project;
  readonly setup: TrainingSetup;
}

const TASKS = [
  { value: "detect", label: "Boxes" },
  { value: "segment", label: "Masks" },
  { value: "classify", label: "Classes" },
];

/** Backend, start weights and options; the data are frozen when Train is pressed. */
export function StartForm({ project, setup }: Props) {
  const usable = setup.backends.filter((backend) => backend.available);
  const [name, setName] = useState(usable[0]?.name ?? setup.backends[0]?.name ?? "");
  const backend = setup.backends.find((one) => one.name === name);
  if (backend === undefined) {
    return (
      <Alert color="yellow" icon={<TriangleAlert size={16} />}>
        No training backend is installed. Install Marquee with its train extra.
      </Alert>
    );
  }
  return (
    <Card title="New training" hint={setup.backends.length > 1 ? undefined : backend.title}>
      {setup.warnings.map((warning) => (
        <Alert key={warning} color="yellow" mb="sm" icon={<TriangleAlert size={16} />}>
          {warning}
        </Alert>
      ))}
      {setup.backends.length > 1 && (
        <Select
          label="Backend"
          mb="sm"
          maw={320}
          allowDeselect={false}
          value={name}
          onChange={(value) => setName(value ?? name)}
          data={setup.backends.map((one) => ({
            value: one.name,
            label: one.title,
            disabled: !one.available,
          }))}
        />
      )}
      {backend.available ? (
        <BackendForm key={backend.name} project={project} backend={backend} setup={setup} />
      ) : (
        <Alert color="yellow" icon={<TriangleAlert size={16} />}>
          {backend.error}
        </Alert>
      )}
    </Card>
  );
}

interface BackendProps extends Props {
  readonly backend: Backend;
}

function BackendForm({ project, backend, setup }: BackendProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const first = backend.tasks.includes(project.task) ? project.task : (backend.tasks[0] ?? "");
  const [task, setTask] = useState<string>(first);
  const [weights, setWeights] = useState<string | null>(null);
  const [seed, setSeed] = useState(0);
  const [val, setVal] = useState(20);
  const [test, setTest] = useState(0);
  const schema = useMemo(
    () => architectureOptions(backend.options_schema, backend.architectures[task] ?? []),
    [backend, task],
  );
  const [options, setOptions] = useState<Record<string, unknown>>(() => ({
    ...defaultsOf(schema),
    ...backend.suggested_options,
  }));
  const choices = weightsOptions(backend.weights, task);
  const chosen = weights ?? choices[0]?.value ?? SCRATCH;
  const errors = validate(schema, options);
  const start = useMutation({
    mutationFn: () =>
      startRun(project.id, {
        kind: "train",
        backend: backend.name,
        task,
        options,
        weights: chosen === SCRATCH ? "" : chosen,
        seed,
        freeze: {
          name: "",
          seed,
          fractions: { train: (100 - val - test) / 100, val: val / 100, test: test / 100 },
        },
      }),
    onSuccess: (run) => {
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
      void navigate({
        to: "/projects/$projectId/training/$runId",
        params: { projectId: project.id, runId: run.id },
      });
    },
  });
  const blocked = setup.labelled_images < 2 || Object.keys(errors).length > 0 || val + test >= 100;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked) start.mutate();
      }}
    >
      <div className={classes["row"]}>
        <div>
          <Text component="span" className={classes["label"] ?? ""}>
            The model predicts
          </Text>
          <SegmentedControl
            value={task}
            onChange={(next) => {
              setTask(next);
              setWeights(null);
            }}
            data={TASKS.filter((one) => backend.tasks.includes(one.value))}
          />
        </div>
        <Select
          label="Start from"
          className={classes["grow"] ?? ""}
          data={choices}
          value={chosen}
          allowDeselect={false}
          onChange={setWeights}
        />
      </div>
      {chosen === SCRATCH && (
        <p className={classes["note"]}>
          Training from scratch: nothing is known before the first image. Expect to need far more
          labels and epochs than with pretrained weights.
        </p>
      )}
      <SchemaForm schema={schema} value={options} onChange={setOptions} errors={errors} />
      <div className={classes["split"]}>
        <NumberInput
          label="Validation"
          suffix=" %"
          min={5}
          max={60}
          value={val}
          onChange={(value) => setVal(Number(value) || 0)}
          description="Once validated, always."
        />
        <NumberInput
          label="Test"
          suffix=" %"
          min={0}
          max={60}
          value={test}
          onChange={(value) => setTest(Number(value) || 0)}
          description="Never trained on."
        />
        <NumberInput
          label="Seed"
          min={0}
          value={seed}
          onChange={(value) => setSeed(Number(value) || 0)}
          description="Same seed, same split."
        />
      </div>
      {start.isError && <ErrorNotice error={start.error} />}
      <Group mt="md" gap="sm">
        <Button
          type="submit"
          leftSection={<Play size={14} />}
          loading={start.isPending}
          disabled={blocked}
        >
          Train
        </Button>
        <Text size="sm" c="var(--mq-text-2)">
          {setup.labelled_images < 2
            ? "Label at least two images first."
            : `Freezes ${setup.labelled_images} labelled images as a new version.`}
        </Text>
      </Group>
    </form>
  );
}
