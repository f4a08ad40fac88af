import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import classes from "./SecretBox.module.css";

interface Props {
  readonly value: string;
  readonly label: string;
}

/** Something that is shown once, and the button that copies it. */
export function SecretBox({ value, label }: Props) {
  return (
    <div className={classes["root"]}>
      <code>{value}</code>
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : `Copy ${label}`}>
            <ActionIcon onClick={copy} aria-label={`Copy ${label}`}>
              {copied ? <Check size={15} /> : <Copy size={15} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
