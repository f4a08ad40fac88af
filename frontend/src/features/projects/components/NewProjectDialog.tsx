import { Button, Group, Modal, Stack, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import type { Task } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LabelChip } from "@/components/LabelChip";
import type { Picked } from "@/components/upload/collect";
import { DropBox } from "@/components/upload/DropZone";
import { startUpload } from "@/components/upload/store";
import { formatBytes, plural } from "@/lib/format";
import { createProject } from "../api";
import { parseClasses, TASKS, withKeys } from "../lib";
import classes from "./NewProjectDialog.module.css";

const STEPS = ["Project", "Classes", "Images"] as const;

/** A project in three steps; only the first asks for anything. */
export function NewProjectDialog({ onClose }: { readonly onClose: () => void }) {
  const [step, setStep] = useState(0);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [task, setTask] = useState<Task>("detect");
  const [text, setText] = useState("");
  const [files, setFiles] = useState<readonly Picked[]>([]);
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      createProject({
        name: name.trim(),
        description: description.trim(),
        task,
        labels: withKeys(parseClasses(text)),
      }),
    onSuccess: (project) => {
      void client.invalidateQueries({ queryKey: keys.projects });
      if (files.length > 0) startUpload(project.id, files);
      void navigate({
        to: files.length > 0 ? "/projects/$projectId/images" : "/projects/$projectId",
        params: { projectId: project.id },
      });
    },
  });
  const last = step === STEPS.length - 1;
  const ready = name.trim() !== "";

  return (
    <Modal opened onClose={onClose} title="New project" size={560} closeOnClickOutside={!ready}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          if (last) create.mutate();
          else setStep(step + 1);
        }}
      >
        <Steps current={step} />
        <div className={classes["body"]}>
          {step === 0 && (
            <Basics {...{ name, setName, description, setDescription, task, setTask }} />
          )}
          {step === 1 && <Classes text={text} setText={setText} />}
          {step === 2 && <Images files={files} onPick={(more) => setFiles([...files, ...more])} />}
        </div>
        {create.isError && <ErrorNotice error={create.error} />}
        <Group justify="space-between" mt="md">
          {step > 0 ? (
            <Button variant="default" onClick={() => setStep(step - 1)}>
              Back
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" disabled={!ready} loading={create.isPending}>
            {last ? (files.length > 0 ? `Create and upload` : "Create project") : "Next"}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function Steps({ current }: { readonly current: number }) {
  return (
    <ol className={classes["steps"]}>
      {STEPS.map((title, index) => (
        <li
          key={title}
          data-done={index < current || undefined}
          aria-current={index === current ? "step" : undefined}
        >
          <span>{index < current ? <Check size={11} strokeWidth={3} /> : index + 1}</span>
          {title}
        </li>
      ))}
    </ol>
  );
}

interface BasicsProps {
  readonly name: string;
  readonly setName: (value: string) => void;
  readonly description: string;
  readonly setDescription: (value: string) => void;
  readonly task: Task;
  readonly setTask: (value: Task) => void;
}

function Basics(props: BasicsProps) {
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        data-autofocus
        maxLength={200}
        value={props.name}
        onChange={(event) => props.setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        description="What is in the images, and what counts as an object. Everybody who labels reads it."
        autosize
        minRows={2}
        value={props.description}
        onChange={(event) => props.setDescription(event.currentTarget.value)}
      />
      <div role="radiogroup" aria-label="Task" className={classes["tasks"]}>
        {TASKS.map((option) => (
          <UnstyledButton
            key={option.value}
            role="radio"
            aria-checked={props.task === option.value}
            className={classes["task"] ?? ""}
            onClick={() => props.setTask(option.value)}
          >
            <Glyph task={option.value} />
            <strong>{option.label}</strong>
            <span>{option.text}</span>
          </UnstyledButton>
        ))}
      </div>
    </Stack>
  );
}

/** What each task draws, on the same little blob. */
function Glyph({ task }: { readonly task: Task }) {
  const blob = "M22 30c-2-9 6-17 15-16 6 1 8 6 14 7 8 1 12 8 9 15-3 8-12 10-21 9-9 0-15-6-17-15z";
  return (
    <svg viewBox="0 0 82 58" width="82" height="58" aria-hidden="true">
      <path d={blob} className={classes["blob"]} data-filled={task === "segment" || undefined} />
      {task === "detect" && (
        <rect x="19" y="11" width="44" height="37" rx="1" className={classes["mark"]} />
      )}
      {task === "segment" && <path d={blob} className={classes["mark"]} />}
      {task === "classify" && (
        <rect x="6" y="4" width="70" height="50" rx="3" className={classes["mark"]} />
      )}
    </svg>
  );
}

function Classes({
  text,
  setText,
}: {
  readonly text: string;
  readonly setText: (text: string) => void;
}) {
  const labels = withKeys(parseClasses(text));
  return (
    <Stack gap="sm">
      <Textarea
        label="Classes"
        description="One per line. Colours and number keys come by themselves; you can change everything later."
        placeholder={"red cell\nwhite cell\nplatelet"}
        autosize
        minRows={6}
        maxRows={10}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {labels.length > 0 && (
        <div className={classes["chips"]}>
          {labels.map((label) => (
            <span key={label.name}>
              <LabelChip name={label.name} color={label.color} />
              {label.hotkey !== "" && <kbd>{label.hotkey}</kbd>}
            </span>
          ))}
        </div>
      )}
    </Stack>
  );
}

function Images({
  files,
  onPick,
}: {
  readonly files: readonly Picked[];
  readonly onPick: (files: Picked[]) => void;
}) {
  const bytes = files.reduce((total, one) => total + one.file.size, 0);
  return (
    <DropBox onPick={onPick}>
      {files.length === 0
        ? "You can also add images later, at any time."
        : `${plural(files.length, "file")}, ${formatBytes(bytes)}`}
    </DropBox>
  );
}
