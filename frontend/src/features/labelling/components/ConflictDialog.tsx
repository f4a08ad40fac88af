import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useEffect } from "react";
import type { WireAnnotation } from "@/canvas/geometry/wire";
import { plural } from "@/lib/format";
import type { Resolution } from "@/sync/outbox";
import type { Entry, SavedAnnotation } from "@/sync/types";
import { useSaveStatus } from "@/sync/use-saver";
import { labelName, useWork, useWorkbench } from "../hooks/workbench";
import { differences } from "../lib/differences";
import classes from "./ConflictDialog.module.css";
import { ShapePreview } from "./ShapePreview";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Two people changed one shape: both versions, side by side, until a person decides. */
export function ConflictDialog({ opened, onClose }: Props) {
  const { saver } = useWorkbench();
  const { conflicts } = useSaveStatus(saver);
  const [conflict] = conflicts;
  const done = opened && conflict === undefined;
  useEffect(() => {
    if (done) onClose();
  }, [done, onClose]);
  return (
    <Modal
      opened={opened && conflict !== undefined}
      onClose={onClose}
      title={`Changed by two people${conflicts.length > 1 ? ` (${plural(conflicts.length, "shape")})` : ""}`}
      size={620}
    >
      {conflict !== undefined && (
        <Question
          key={conflict.id}
          conflict={conflict}
          onDecide={(choice) => saver.resolve(conflict.id, choice)}
        />
      )}
    </Modal>
  );
}

interface QuestionProps {
  readonly conflict: Entry;
  readonly onDecide: (choice: Resolution) => void;
}

function Question({ conflict, onDecide }: QuestionProps) {
  const workbench = useWorkbench();
  const { mine, theirs } = conflict;
  const name = (label: number) => labelName(workbench, label);
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Somebody else saved this shape while you changed it. Nothing is lost until you choose.
      </Text>
      <div className={classes["sides"]}>
        <Side title="Yours" image={conflict.image} shape={mine} gone="You deleted it." />
        <Side title="Theirs" image={conflict.image} shape={theirs} gone="They deleted it." />
      </div>
      {mine !== null && theirs !== null && (
        <ul className={classes["differences"]}>
          {differences(mine, theirs, name).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <Group justify="flex-end" gap="xs">
        {mine !== null && theirs !== null && (
          <Button variant="default" onClick={() => onDecide("both")}>
            Keep both
          </Button>
        )}
        <Button variant="default" onClick={() => onDecide("theirs")}>
          Keep theirs
        </Button>
        <Button onClick={() => onDecide("mine")} data-autofocus>
          Keep mine
        </Button>
      </Group>
    </Stack>
  );
}

interface SideProps {
  readonly title: string;
  readonly image: string;
  readonly shape: SavedAnnotation | null;
  readonly gone: string;
}

function Side({ title, image, shape, gone }: SideProps) {
  const workbench = useWorkbench();
  const { work } = useWork();
  const open = work?.image.id === image ? work.image : null;
  return (
    <figure className={classes["side"]}>
      <figcaption>
        {title}
        {shape !== null && <b> · {labelName(workbench, shape.label)}</b>}
      </figcaption>
      {shape === null ? (
        <p>{gone}</p>
      ) : (
        <ShapePreview
          image={open}
          annotation={shape as WireAnnotation}
          color={workbench.labelOf(shape.label)?.color ?? "#8a8f98"}
        />
      )}
    </figure>
  );
}
