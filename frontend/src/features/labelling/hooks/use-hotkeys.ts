import { type RefObject, useEffect, useState } from "react";
import { type Command, HotkeyRegistry } from "../lib/hotkeys";

/** Listens for the keys of the page while it is open. */
export function useHotkeys(
  commands: readonly Command[],
  canvas: RefObject<HTMLElement | null>,
): void {
  const [registry] = useState(
    () => new HotkeyRegistry((target) => target === document.body || target === canvas.current),
  );
  useEffect(() => registry.set("labelling", commands), [registry, commands]);
  useEffect(() => {
    const down = (event: KeyboardEvent) => void registry.keyDown(event);
    const up = (event: KeyboardEvent) => registry.keyUp(event);
    window.addEventListener("keydown", down);
    const blur = () => registry.letGo();
    window.addEventListener("keyup", up);
    window.addEventListener("blur", blur);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
      window.removeEventListener("blur", blur);
    };
  }, [registry]);
}
