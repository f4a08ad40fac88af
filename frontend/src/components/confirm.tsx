import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { ReactNode } from "react";
import { useState } from "react";

interface Question {
  readonly title: string;
  /** What will be gone, in a sentence with numbers. */
  readonly body: ReactNode;
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** Asks before something destructive that cannot be undone. */
export function confirmDestructive({ title, body, confirm, onConfirm }: Question): void {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{body}</Text>,
    labels: { confirm, cancel: "Cancel" },
    confirmProps: { color: "red" },
    onConfirm,
  });
}

/** Asks for the name of the thing itself, for what takes much with it. */
export function confirmByName(question: Question & { readonly name: string }): void {
  const id = modals.open({
    title: question.title,
    children: <TypedName {...question} close={() => modals.close(id)} />,
  });
}

function TypedName(props: Question & { readonly name: string; readonly close: () => void }) {
  const [text, setText] = useState("");
  const matches = text.trim() === props.name;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!matches) return;
        props.close();
        props.onConfirm();
      }}
    >
      <Stack gap="md">
        <Text size="sm">{props.body}</Text>
        <TextInput
          label={`Type “${props.name}” to confirm`}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          autoComplete="off"
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.close}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!matches}>
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
