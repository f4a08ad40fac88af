import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

const REASONS = [
  "I am not sure",
  "Bad picture",
  "Nothing to label",
  "Does not belong here",
] as const;

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSkip: (reason: string) => Promise<void>;
}

/** Asks why an image is skipped; the reason stays with the image. */
export function SkipDialog({ opened, onClose, onSkip }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Skip this image" size={380}>
      <Form onClose={onClose} onSkip={onSkip} />
    </Modal>
  );
}

function Form({ onClose, onSkip }: Omit<Props, "opened">) {
  const [chosen, setChosen] = useState<string>(REASONS[0]);
  const [words, setWords] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onClose();
        void onSkip(words.trim() === "" ? chosen : words.trim());
      }}
    >
      <Stack gap="md">
        <Radio.Group value={chosen} onChange={setChosen} aria-label="Reason">
          <Stack gap={8} pt={4} pl={4}>
            {REASONS.map((reason, at) => (
              <Radio
                key={reason}
                size="xs"
                value={reason}
                label={reason}
                {...(at === 0 ? { "data-autofocus": true } : {})}
              />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput
          label="In other words (optional)"
          value={words}
          maxLength={200}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Skip</Button>
        </Group>
      </Stack>
    </form>
  );
}
