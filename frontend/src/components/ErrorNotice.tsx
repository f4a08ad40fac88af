import { Button } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { messageOf } from "@/api/errors";
import classes from "./ErrorNotice.module.css";

interface Props {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** An error in place: the sentence, and a way to try again. */
export function ErrorNotice({ error, onRetry }: Props) {
  return (
    <div role="alert" className={classes["root"]}>
      <CircleAlert size={16} />
      <span>{messageOf(error)}</span>
      {onRetry !== undefined && (
        <Button variant="default" size="compact-sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
