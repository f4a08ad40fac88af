import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isActive } from "@/api/queries/jobs";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { eventsQuery } from "../api";
import type { Run, RunEvent } from "../types";
import classes from "./RunPage.module.css";

const lineOf = (event: RunEvent): string => {
  const line = event.data["line"] ?? event.data["text"];
  return typeof line === "string" ? line : JSON.stringify(event.data);
};

/** The log; follows its end until somebody scrolls up. */
export function RunLog({ run }: { readonly run: Run }) {
  const query = useQuery(eventsQuery(run.id, "log", isActive(run)));
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  const lines = query.data ?? [];
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when lines were added.
  useEffect(() => {
    const element = box.current;
    if (element !== null && follows.current) element.scrollTop = element.scrollHeight;
  }, [lines.length]);
  return (
    <Card title="Log" flush>
      {query.isError && <ErrorNotice error={query.error} />}
      <pre
        ref={box}
        className={classes["log"]}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label="Log of the run"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          follows.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {lines.length === 0
          ? isActive(run)
            ? "Waiting for the first line…"
            : "Nothing was logged."
          : lines.map(lineOf).join("\n")}
      </pre>
    </Card>
  );
}
