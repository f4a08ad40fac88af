// @vitest-environment node
/** Random sessions: whatever a person does, some things always hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WireAnnotation, WireGeometry } from "./geometry/wire";
import { recordToWire } from "./scene/records";
import { shapeUtil } from "./shapes/registry";
import { DRIVER_IMAGE, EditorDriver } from "./testing/editor-driver";
import { annotation, boxAnnotation, polygon, prediction } from "./testing/fixtures";
import type { ToolId } from "./tools/tool";

const TOOLS: readonly ToolId[] = [
  "select",
  "box",
  "polygon",
  "polyline",
  "brush",
  "eraser",
  "ellipse",
  "rotated_box",
  "pan",
];

type Step = (driver: EditorDriver) => void;

// Beyond the border too: pointers leave the image.
const x = fc.integer({ min: -30, max: DRIVER_IMAGE.width + 30 });
const y = fc.integer({ min: -30, max: DRIVER_IMAGE.height + 30 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...TOOLS).map(
    (tool): Step =>
      (driver) =>
        driver.tool(tool),
  ),
  fc.tuple(x, y).map(
    ([px, py]): Step =>
      (driver) =>
        driver.click(px, py),
  ),
  fc.tuple(x, y, x, y).map(
    ([ax, ay, bx, by]): Step =>
      (driver) =>
        driver.drag([ax, ay], [bx, by]),
  ),
  fc.tuple(x, y).map(
    ([px, py]): Step =>
      (driver) =>
        driver.pointerDown(px, py),
  ),
  fc.tuple(x, y).map(
    ([px, py]): Step =>
      (driver) =>
        driver.pointerMove(px, py),
  ),
  fc.constant<Step>((driver) => driver.pointerUp()),
  fc.constantFrom("Enter", "Escape", "Backspace", "Delete", "ArrowLeft", " ").map(
    (key): Step =>
      (driver) =>
        driver.key(key),
  ),
  fc.record({ shift: fc.boolean(), alt: fc.boolean(), ctrl: fc.boolean() }).map(
    (modifiers): Step =>
      (driver) =>
        driver.hold(modifiers),
  ),
  fc.integer({ min: 1, max: 30 }).map(
    (size): Step =>
      (driver) =>
        driver.editor.setBrushSize(size),
  ),
  fc.integer({ min: 1, max: 3 }).map(
    (label): Step =>
      (driver) =>
        driver.editor.pickLabel(label),
  ),
  fc.constantFrom<Step>(
    (driver) => driver.undo(),
    (driver) => driver.redo(),
    (driver) => driver.editor.selectAll(),
    (driver) => driver.editor.selectNext(1),
    (driver) => driver.editor.duplicateSelection(),
    (driver) => driver.editor.acceptPrediction(),
    (driver) => driver.editor.rejectPrediction(),
    (driver) => driver.editor.acceptAll(),
    (driver) => driver.editor.toggleTag(2),
    (driver) => driver.wheel(100, 100, -200),
    (driver) => driver.wheel(50, 200, 200),
  ),
);
const sessions = fc.array(step, { maxLength: 40 });

const start = (): EditorDriver =>
  new EditorDriver(
    [boxAnnotation("a", 50, 50, 100, 80), annotation("b", polygon(200, 50, 300, 60, 250, 150))],
    [
      prediction("p", { type: "box", x: 20, y: 200, w: 60, h: 60 }, 0.8),
      prediction("q", { type: "box", x: 120, y: 200, w: 60, h: 60 }, 0.3),
    ],
  );

/** Everything that is saved, without what the server adds. */
const contents = (driver: EditorDriver): Map<string, WireAnnotation> =>
  new Map(driver.shapes.map((record) => [record.id, recordToWire(record)]));

function play(steps: readonly Step[]): EditorDriver {
  const driver = start();
  for (const act of steps) act(driver);
  return driver;
}

/** Lets go of everything. */
const settle = (driver: EditorDriver): EditorDriver =>
  driver.hold().pointerUp().key("Escape", "Escape", "Escape");

describe("any session", () => {
  it("can be undone to the beginning and redone to the end", () => {
    fc.assert(
      fc.property(sessions, (steps) => {
        const driver = settle(play(steps));
        const end = contents(driver);
        while (driver.editor.undo()) expect(driver.editor.getSnapshot().busy).toBe(false);
        expect(contents(driver)).toEqual(contents(start()));
        expect(driver.editor.getSnapshot().predictions.map((record) => record.id)).toEqual([
          "q",
          "p",
        ]);
        // What the session itself had undone comes back too, so redo may lead further than the end.
        const passed = [contents(driver)];
        while (driver.editor.redo()) passed.push(contents(driver));
        expect(passed).toContainEqual(end);
      }),
      { numRuns: 150 },
    );
  });

  it("ends in select, at rest, after Escape", () => {
    fc.assert(
      fc.property(sessions, (steps) => {
        const driver = play(steps).hold();
        // Gesture, selection, tool: at most three.
        driver.key("Escape", "Escape", "Escape");
        expect(driver.editor.getSnapshot()).toMatchObject({
          state: "select.idle",
          busy: false,
          selection: [],
        });
        const { live } = driver.editor.workspace;
        expect([live.draft, live.stroke, live.marquee, live.preview.size]).toEqual([
          null,
          null,
          null,
          0,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it("leaves only valid shapes inside the image", () => {
    fc.assert(
      fc.property(sessions, (steps) => {
        const driver = settle(play(steps));
        for (const record of driver.shapes) {
          const { geometry } = record;
          expect(shapeUtil(geometry).finish(geometry, DRIVER_IMAGE)).toEqual(geometry);
          expect(isFiniteJson(recordToWire(record).geometry)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("saves exactly what is on the screen: replaying the operations gives the same shapes", () => {
    fc.assert(
      fc.property(sessions, (steps) => {
        const driver = settle(play(steps));
        const server = contents(start());
        for (const operation of driver.operations) {
          if (operation.kind === "delete") server.delete(operation.id);
          else if (operation.kind === "update") {
            const before = server.get(operation.id);
            expect(before).toBeDefined();
            if (before !== undefined) server.set(operation.id, { ...before, ...operation.patch });
          } else {
            expect(server.has(operation.id)).toBe(false);
            server.set(operation.id, operation.annotation);
          }
        }
        expect(server).toEqual(contents(driver));
      }),
      { numRuns: 150 },
    );
  });
});

function isFiniteJson(geometry: WireGeometry): boolean {
  const numbers = JSON.stringify(geometry).match(/null/);
  return numbers === null;
}
