import { ActionIcon } from "@mantine/core";
import { KeyRound, X } from "lucide-react";
import { useUser } from "@/api/queries/session";
import { LinkButton } from "@/components/LinkButton";
import { isBoolean, useStoredState } from "@/lib/stored-state";
import classes from "./PasswordHint.module.css";

/** Who came by a one-time link may have no way back in: says so until a password is set or the line is closed. */
export function PasswordHint() {
  const user = useUser();
  const [closed, setClosed] = useStoredState(`password-hint-closed-${user.id}`, false, isBoolean);
  if (user.needs_old_password || closed) return null;
  return (
    <section className={classes["root"]} aria-label="Set a password">
      <KeyRound size={15} />
      <p>You came in by a one-time link. Set a password to be able to sign in again.</p>
      <LinkButton to="/account" variant="default" size="compact-sm">
        Set a password
      </LinkButton>
      <ActionIcon size={24} aria-label="Close" onClick={() => setClosed(true)}>
        <X size={14} />
      </ActionIcon>
    </section>
  );
}
