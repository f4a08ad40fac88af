import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { messageOf } from "@/api/errors";

/** A quiet line that something worked. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "green", autoClose: 3500 });
}

/** The sentence of an error, long enough to be read. */
export function notifyError(error: unknown): void {
  notifications.show({ message: messageOf(error), color: "red", autoClose: 9000 });
}

/** Something was done that can be taken back for a few seconds. Returns the id of the notification. */
export function notifyUndo(message: string, undo: () => void): string {
  const id = notifications.show({
    autoClose: 8000,
    color: "gray",
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button
          variant="subtle"
          size="compact-sm"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
  return id;
}
