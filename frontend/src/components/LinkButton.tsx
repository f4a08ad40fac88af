import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { Ref } from "react";

interface Props extends ButtonProps {
  readonly ref?: Ref<HTMLAnchorElement>;
}

function AnchorButton({ ref, ...props }: Props) {
  return <Button component="a" {...props} {...(ref === undefined ? {} : { ref })} />;
}

/** A button that leads to a page: typed like `Link`, looking like `Button`. */
export const LinkButton = createLink(AnchorButton);
