import { Button, Modal } from "@mantine/core";
import classes from "./import.module.css";

interface Props {
  readonly opened: boolean;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onStop: (rollBack: boolean) => void;
}

/** Cancelling means one of two things; people say which. */
export function CancelChoice({ opened, busy, onClose, onStop }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Stop the import?">
      <p className={classes["note"]}>
        What has come in so far can stay, so that the import can go on later, or be removed again.
      </p>
      <div className={classes["buttons"]} data-end>
        <Button variant="default" onClick={onClose}>
          Let it run
        </Button>
        <Button variant="default" color="red" loading={busy} onClick={() => onStop(true)}>
          Stop and take it back
        </Button>
        <Button color="red" loading={busy} onClick={() => onStop(false)}>
          Stop and keep
        </Button>
      </div>
    </Modal>
  );
}
