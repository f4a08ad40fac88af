import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onUnauthorised } from "@/api/http";
import { keys } from "@/api/keys";
import { useSession } from "@/api/queries/session";
import { SignInForm } from "./SignInForm";

/**
 * A session that ends while somebody works: asks for the password in place. The page below stays as it is, with
 * everything that was not sent yet.
 */
export default function SessionEndedDialog() {
  const user = useSession()?.user;
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(() => onUnauthorised(() => setEnded(true)), []);
  if (!user) return null;
  return (
    <Modal
      opened={ended}
      onClose={() => setEnded(false)}
      title="Your session ended"
      closeOnClickOutside={false}
      size={380}
    >
      <Text size="sm" c="dimmed" mb="md">
        Sign in again to go on. Nothing on this page is lost.
      </Text>
      <SignInForm
        username={user.username}
        onDone={(session) => {
          setEnded(false);
          client.setQueryData(keys.session, session);
          void client.invalidateQueries();
        }}
      />
    </Modal>
  );
}
