import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { sessionQuery } from "@/api/queries/session";
import { openJournal } from "./journal";
import { Saver, type SaveStatus } from "./saver";
import { openTabs } from "./tabs";
import { httpTransport } from "./transport";

let current: { readonly user: number; readonly saver: Promise<Saver> } | null = null;

async function create(user: number): Promise<Saver> {
  const [journal, tabs] = await Promise.all([openJournal(), openTabs()]);
  const saver = new Saver({ user, journal, tabs, transport: httpTransport });
  window.addEventListener("online", () => saver.resume());
  window.addEventListener("pagehide", () => saver.leave());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void saver.flush();
  });
  await saver.start();
  return saver;
}

/** The one saver of this page for a person; another person who signs in gets one of their own. */
export function saverOf(user: number): Promise<Saver> {
  if (current?.user !== user) {
    void current?.saver.then((old) => old.stop());
    current = { user, saver: create(user) };
  }
  return current.saver;
}

/** The saver, once it has taken over what earlier pages left unsent. Also sends those leftovers. */
export function useSaver(): Saver | null {
  const { data, dataUpdatedAt } = useQuery(sessionQuery);
  const user = data?.user?.id;
  const [saver, setSaver] = useState<Saver | null>(null);
  useEffect(() => {
    if (user === undefined) return;
    let here = true;
    void saverOf(user).then((ready) => {
      if (here) setSaver(ready);
    });
    return () => {
      here = false;
    };
  }, [user]);
  useEffect(() => {
    // A fresh session after "signed out": somebody signed in again.
    if (dataUpdatedAt > 0 && saver?.getStatus().phase === "signed-out") saver.resume();
  }, [dataUpdatedAt, saver]);
  return saver?.user === user ? saver : null;
}

export const useSaveStatus = (saver: Saver): SaveStatus =>
  useSyncExternalStore(saver.subscribe, saver.getStatus);
