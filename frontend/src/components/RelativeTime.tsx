import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatExact, formatRelative } from "@/lib/format";

interface Props {
  /** ISO 8601, as the server writes it. */
  readonly value: string;
}

/** "3 minutes ago", kept fresh, with the exact time on hover. */
export function RelativeTime({ value }: Props) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 30_000);
    return () => window.clearInterval(timer);
  }, []);
  const moment = Date.parse(value);
  return (
    <Tooltip label={formatExact(moment)}>
      <time dateTime={value}>{formatRelative(moment, now)}</time>
    </Tooltip>
  );
}
