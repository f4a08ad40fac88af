import {
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Slider,
  Stack,
  Text,
} from "@mantine/core";
import { useState } from "react";
import { plural } from "@/lib/format";
import { type FrameChoice, frameChoice, keepFrameChoice } from "./frames";

interface Props {
  /** How many videos are about to be sent. */
  readonly count: number;
  readonly onStart: () => void;
  readonly onCancel: () => void;
}

/** Asks once per drop which frames of its videos become pictures. */
export function VideoChoice({ count, onStart, onCancel }: Props) {
  const [choice, setChoice] = useState<FrameChoice>(frameChoice);
  const change = (part: Partial<FrameChoice>) => setChoice({ ...choice, ...part });
  const number = (value: string | number, low: number) => Math.max(low, Number(value) || low);
  return (
    <Modal
      opened
      onClose={onCancel}
      title={`Take pictures out of ${plural(count, "video")}`}
      size={460}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          keepFrameChoice(choice);
          onStart();
        }}
      >
        <Stack gap="md">
          <SegmentedControl
            fullWidth
            aria-label="Which frames"
            value={choice.by}
            onChange={(by) => change({ by: by as FrameChoice["by"] })}
            data={[
              { value: "rate", label: "So many a second" },
              { value: "step", label: "Every n-th frame" },
              { value: "scene", label: "Scene changes" },
            ]}
          />
          {choice.by === "rate" && (
            <NumberInput
              label="Pictures a second"
              min={0.001}
              max={120}
              step={0.5}
              value={choice.rate}
              onChange={(value) => change({ rate: number(value, 0.001) })}
            />
          )}
          {choice.by === "step" && (
            <NumberInput
              label="Every so many frames"
              min={1}
              max={100_000}
              allowDecimal={false}
              value={choice.step}
              onChange={(value) => change({ step: number(value, 1) })}
            />
          )}
          {choice.by === "scene" && (
            <div>
              <Text size="sm" fw={500} mb={6}>
                How different a frame must be
              </Text>
              <Slider
                thumbLabel="How different a frame must be"
                min={0.05}
                max={0.8}
                step={0.05}
                value={choice.sensitivity}
                onChange={(sensitivity) => change({ sensitivity })}
                label={(value) => value.toFixed(2)}
              />
              <Text size="xs" c="dimmed" mt={6}>
                To the left more scenes are found, to the right fewer.
              </Text>
            </div>
          )}
          <NumberInput
            label="At most, per video"
            min={1}
            max={20_000}
            allowDecimal={false}
            value={choice.most}
            onChange={(value) => change({ most: number(value, 1) })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
            <Button type="submit" data-autofocus>
              Upload
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
