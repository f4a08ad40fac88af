import { useComputedColorScheme } from "@mantine/core";
import { useLayoutEffect } from "react";
import { isBoolean, useStoredState } from "@/lib/stored-state";

const ATTRIBUTE = "data-mantine-color-scheme";

/** The workbench is dark unless somebody wants it like the rest: bright frames tire the eyes next to photographs. */
export function useDarkWork(): [boolean, (dark: boolean) => void] {
  const [dark, setDark] = useStoredState("labelling-dark", true, isBoolean);
  const outside = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.setAttribute(ATTRIBUTE, dark ? "dark" : outside);
    return () => root.setAttribute(ATTRIBUTE, outside);
  }, [dark, outside]);
  return [dark, setDark];
}
