import { classColor } from "@/lib/palette";
import classes from "./PersonAvatar.module.css";

interface Props {
  readonly name: string;
  readonly size?: number;
}

/** A small stable number for a text, so that a person keeps their colour. */
function hash(text: string): number {
  let value = 0;
  for (const char of text) value = (value * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return value;
}

/** "mara.lind" -> "ML". */
export function initials(name: string): string {
  const words = name.split(/[\s._@-]+/).filter((word) => word !== "");
  const letters =
    words.length > 1 ? [words[0]?.[0], words[1]?.[0]] : [words[0]?.[0], words[0]?.[1]];
  return letters.join("").toUpperCase();
}

/** Initials on the person's own colour. */
export function PersonAvatar({ name, size = 22 }: Props) {
  const color = classColor(hash(name));
  return (
    <span
      className={classes["root"]}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.42,
        background: `color-mix(in srgb, ${color} 26%, var(--mq-raised))`,
      }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
