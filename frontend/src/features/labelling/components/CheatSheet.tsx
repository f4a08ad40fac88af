import { Modal } from "@mantine/core";
import { Fragment } from "react";
import type { Command } from "../lib/hotkeys";
import classes from "./CheatSheet.module.css";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly commands: readonly Command[];
}

/** What the mouse and the engine's own keys do; no command of ours. */
const BY_HAND: readonly (readonly [string, string])[] = [
  ["Wheel", "Zoom at the pointer"],
  ["Space + drag", "Move the view"],
  ["Ctrl held", "Select while a drawing tool is chosen"],
  ["Shift + click", "Add to the selection"],
  ["Alt + click", "What lies below"],
  ["Arrows", "Move by 1 px, with Shift by 10"],
  ["Backspace", "Take back the last point"],
  ["Escape", "Cancel, deselect, select tool"],
];

const isMac = typeof navigator !== "undefined" && navigator.userAgent.includes("Mac");
const shown = (key: string) => key.replace("Mod", isMac ? "⌘" : "Ctrl");

/** All keys of the page, by what they are about. */
export function CheatSheet({ opened, onClose, commands }: Props) {
  const groups = [...new Set(commands.map(({ group }) => group))];
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size={920}>
      <div className={classes["groups"]}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group)
                .map(({ id, title, keys }) => (
                  <Fragment key={id}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key}>{shown(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{title}</dd>
                  </Fragment>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>On the canvas</h3>
          <dl>
            {BY_HAND.map(([keys, title]) => (
              <Fragment key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{title}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}
