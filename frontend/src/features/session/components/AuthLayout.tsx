import type { ReactNode } from "react";
import { Logo } from "@/components/Logo";
import classes from "./AuthLayout.module.css";

interface Props {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page before the door: a form at the left, the product's gesture at the right. */
export function AuthLayout({ title, description, children }: Props) {
  return (
    <main className={classes["root"]}>
      <section className={classes["side"]}>
        <div className={classes["brand"]}>
          <Logo size={22} />
          Marquee
        </div>
        <div className={classes["form"]}>
          <h1>{title}</h1>
          {description !== undefined && <p>{description}</p>}
          {children}
        </div>
        <footer>Label images. Grow a model from them.</footer>
      </section>
      <Scene />
    </main>
  );
}

/** Objects on a grid, some labelled, one being selected right now. Decoration only. */
function Scene() {
  return (
    <div className={classes["scene"]} aria-hidden="true">
      <svg viewBox="0 0 640 640" preserveAspectRatio="xMidYMid slice" role="presentation">
        <defs>
          <pattern id="auth-dots" width="20" height="20" patternUnits="userSpaceOnUse">
            <circle cx="1" cy="1" r="1" className={classes["dot"]} />
          </pattern>
        </defs>
        <rect width="640" height="640" fill="url(#auth-dots)" />
        {CELLS.map(([x, y, r]) => (
          <circle key={`${x}-${y}`} cx={x} cy={y} r={r} className={classes["cell"]} />
        ))}
        {BOXES.map(([x, y, w, h, color, name]) => (
          <g key={name + x}>
            <rect
              x={x}
              y={y}
              width={w}
              height={h}
              fill={color}
              fillOpacity="0.12"
              stroke={color}
              strokeWidth="1.5"
            />
            <rect x={x} y={y - 17} width={name.length * 5.6 + 12} height="17" fill={color} />
            <text x={x + 5} y={y - 5} className={classes["tag"]}>
              {name}
            </text>
          </g>
        ))}
        <rect x="268" y="352" width="212" height="176" className={classes["marquee"]} />
        {HANDLES.map(([x, y]) => (
          <rect
            key={`${x}-${y}`}
            x={x - 3.5}
            y={y - 3.5}
            width="7"
            height="7"
            className={classes["handle"]}
          />
        ))}
      </svg>
    </div>
  );
}

const CELLS: readonly (readonly [number, number, number])[] = [
  [166, 172, 50],
  [430, 150, 34],
  [540, 300, 46],
  [148, 446, 30],
  [336, 426, 44],
  [420, 466, 36],
  [286, 268, 24],
  [560, 530, 28],
  [78, 300, 22],
  [252, 574, 40],
];

const BOXES: readonly (readonly [number, number, number, number, string, string])[] = [
  [112, 118, 108, 108, "#f6494d", "red cell"],
  [392, 112, 76, 76, "#64c9fd", "platelet"],
  [490, 250, 100, 100, "#f6494d", "red cell"],
  [114, 412, 68, 68, "#ebd509", "white cell"],
];

const HANDLES: readonly (readonly [number, number])[] = [
  [268, 352],
  [480, 352],
  [268, 528],
  [480, 528],
];
