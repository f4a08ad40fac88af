// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../../testing/editor-driver";
import { annotation, boxAnnotation, polygon } from "../../testing/fixtures";

const twoBoxes = () =>
  new EditorDriver([
    boxAnnotation("big", 20, 20, 200, 200),
    boxAnnotation("small", 60, 60, 60, 60),
  ]);

describe("selecting", () => {
  it("takes the smallest shape that contains the point", () => {
    twoBoxes().click(90, 90).expectSelection("small").click(180, 180).expectSelection("big");
  });

  it("prefers an edge over a smaller area", () => {
    new EditorDriver([
      boxAnnotation("outer", 0, 0, 100, 100),
      boxAnnotation("inner", 40, 40, 120, 50),
    ])
      .click(99, 65)
      .expectSelection("outer");
  });

  it("walks through the stack with Alt", () => {
    const driver = twoBoxes().hold({ alt: true }).click(90, 90).expectSelection("small");
    driver.click(90, 90).expectSelection("big").click(90, 90).expectSelection("small");
  });

  it("adds and removes with Shift", () => {
    const driver = twoBoxes().click(90, 90).hold({ shift: true }).click(180, 180);
    driver.expectSelection("small", "big").click(180, 180).expectSelection("small");
  });

  it("deselects on empty ground", () => {
    twoBoxes().click(90, 90).click(350, 250).expectSelection();
  });

  it("encloses from left to right and touches from right to left", () => {
    twoBoxes()
      .drag([240, 240], [100, 100])
      .expectSelection("small", "big")
      .click(350, 250)
      .drag([290, 40], [40, 140])
      .expectSelection("small", "big");
    new EditorDriver([boxAnnotation("a", 50, 50, 20, 20), boxAnnotation("b", 90, 50, 100, 20)])
      .drag([40, 40], [120, 100])
      .expectSelection("a");
  });

  it("gives the selection from before back when the rubber band is cancelled", () => {
    twoBoxes()
      .click(90, 90)
      .pointerDown(300, 280)
      .pointerMove(10, 10)
      .expectState("select.marquee")
      .expectSelection("small", "big")
      .key("Escape")
      .expectSelection("small")
      .expectState("select.idle");
  });

  it("highlights what is under the pointer and names a cursor for it", () => {
    const driver = twoBoxes().pointerMove(90, 90);
    expect(driver.editor.getSnapshot().hovered).toBe("small");
    driver.expectCursor("pointer").click(90, 90).expectCursor("move");
    driver
      .pointerMove(60, 60)
      .expectCursor("nwse-resize")
      .pointerMove(350, 250)
      .expectCursor("default");
    expect(driver.editor.getSnapshot().hovered).toBeNull();
  });
});

describe("cursor", () => {
  it("follows keys without a move of the pointer", () => {
    const driver = twoBoxes().click(90, 90).expectCursor("move").key("Delete");
    expect(driver.editor.getSnapshot().hovered).toBe("big");
    driver
      .expectCursor("pointer")
      .key("Escape")
      .tool("box")
      .hold({ ctrl: true })
      .expectCursor("pointer");
    driver.hold().expectCursor("crosshair");
  });

  it("warns before a vertex is deleted", () => {
    const driver = new EditorDriver([annotation("p", polygon(50, 50, 150, 50, 150, 150))]).click(
      130,
      80,
    );
    driver
      .pointerMove(50, 50)
      .expectCursor("pointer")
      .keyDown("Alt")
      .hold({ alt: true })
      .key("Alt");
    driver.expectCursor("not-allowed");
  });
});

describe("moving", () => {
  it("moves the selection and stores one update", () => {
    twoBoxes()
      .drag([90, 90], [110, 95])
      .expectBox("small", { x: 80, y: 65, w: 60, h: 60 })
      .expectOperations("update")
      .undo()
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 })
      .expectOperations("update", "update");
  });

  it("stays inside the image", () => {
    twoBoxes().drag([90, 90], [900, 900]).expectBox("small", { x: 340, y: 240, w: 60, h: 60 });
  });

  it("moves all selected shapes together", () => {
    const driver = twoBoxes();
    driver.editor.selectAll();
    driver.drag([90, 90], [100, 90]).expectBox("small", { x: 70, y: 60, w: 60, h: 60 });
    driver.expectBox("big", { x: 30, y: 20, w: 200, h: 200 }).undo();
    driver
      .expectBox("big", { x: 20, y: 20, w: 200, h: 200 })
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 });
  });

  it("keeps to one axis with Shift", () => {
    twoBoxes()
      .pointerMove(90, 90)
      .pointerDown(90, 90)
      .hold({ shift: true })
      .pointerMove(120, 95)
      .pointerUp()
      .expectBox("small", { x: 90, y: 60, w: 60, h: 60 });
  });

  it("changes nothing before the release and nothing when cancelled", () => {
    const driver = twoBoxes()
      .pointerDown(90, 90)
      .pointerMove(150, 150)
      .expectState("select.translating");
    driver.expectBox("small", { x: 60, y: 60, w: 60, h: 60 });
    expect(driver.editor.workspace.live.preview.get("small")).toMatchObject({ x: 120, y: 120 });
    driver
      .key("Escape")
      .pointerUp()
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 })
      .expectOperations();
  });

  it("takes a trembling hand for a click", () => {
    twoBoxes()
      .drag([90, 90], [92, 91])
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 })
      .expectOperations();
  });

  it("nudges by keys, repeated nudges being one step of undo", () => {
    twoBoxes()
      .click(90, 90)
      .key("ArrowRight", "ArrowRight", "ArrowDown")
      .hold({ shift: true })
      .key("ArrowLeft")
      .hold()
      .expectBox("small", { x: 52, y: 61, w: 60, h: 60 })
      .undo()
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 });
  });
});

describe("resizing", () => {
  it("drags a corner without a jump", () => {
    twoBoxes()
      .click(90, 90)
      .drag([122, 121], [142, 131])
      .expectBox("small", { x: 60, y: 60, w: 80, h: 70 });
  });

  it("drags a side anywhere along it", () => {
    twoBoxes()
      .click(90, 90)
      .drag([120, 77], [140, 200])
      .expectBox("small", { x: 60, y: 60, w: 80, h: 60 });
  });

  it("flips over, stays inside the image and keeps proportions with Shift", () => {
    twoBoxes()
      .click(90, 90)
      .drag([120, 120], [40, 50])
      .expectBox("small", { x: 40, y: 50, w: 20, h: 10 });
    twoBoxes()
      .click(90, 90)
      .drag([120, 120], [999, 999])
      .expectBox("small", { x: 60, y: 60, w: 340, h: 240 });
    const driver = twoBoxes()
      .click(90, 90)
      .pointerMove(120, 120)
      .pointerDown(120, 120)
      .hold({ shift: true });
    driver.pointerMove(150, 130).pointerUp().expectBox("small", { x: 60, y: 60, w: 90, h: 90 });
  });

  it("leaves the shape alone when Escape is pressed in the middle", () => {
    twoBoxes()
      .click(90, 90)
      .pointerMove(120, 120)
      .pointerDown(120, 120)
      .pointerMove(160, 160)
      .expectState("select.resizing")
      .key("Escape")
      .pointerUp()
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 })
      .expectSelection("small");
  });

  it("does not collapse a shape to nothing", () => {
    twoBoxes()
      .click(90, 90)
      .drag([120, 90], [60, 90])
      .expectBox("small", { x: 60, y: 60, w: 60, h: 60 });
  });

  it("lets a tiny box be moved by its middle", () => {
    new EditorDriver([boxAnnotation("tiny", 50, 50, 8, 8)])
      .click(54, 54)
      .drag([54, 54], [74, 54])
      .expectBox("tiny", { x: 70, y: 50, w: 8, h: 8 });
  });

  it("turns a rotated box by its knob", () => {
    const driver = new EditorDriver([
      annotation("turned", { type: "rotated_box", cx: 100, cy: 100, w: 80, h: 40, angle: 0 }),
    ]);
    driver.click(100, 100).drag([100, 58], [200, 100]);
    expect(driver.geometry("turned")).toMatchObject({ angle: 90, w: 80, h: 40 });
  });
});

describe("vertices", () => {
  const triangle = () => new EditorDriver([annotation("p", polygon(50, 50, 150, 50, 150, 150))]);

  it("are shown only while the polygon is selected alone", () => {
    triangle()
      .drag([50, 50], [70, 70])
      .expectShapes(polygon(70, 70, 170, 70, 170, 170));
  });

  it("are dragged", () => {
    triangle()
      .click(130, 80)
      .drag([150, 150], [150, 200])
      .expectShapes(polygon(50, 50, 150, 50, 150, 200));
  });

  it("are inserted by a click on an edge", () => {
    triangle()
      .click(130, 80)
      .click(100, 51)
      .expectShapes(polygon(50, 50, 100, 50, 150, 50, 150, 150));
  });

  it("are inserted and pulled by a drag from an edge", () => {
    triangle()
      .click(130, 80)
      .drag([100, 50], [100, 20])
      .expectShapes(polygon(50, 50, 100, 20, 150, 50, 150, 150));
  });

  it("are deleted with Alt, down to three", () => {
    triangle()
      .click(130, 80)
      .drag([100, 50], [100, 20])
      .hold({ alt: true })
      .click(100, 20)
      .expectShapes(polygon(50, 50, 150, 50, 150, 150))
      .click(150, 150)
      .expectShapes(polygon(50, 50, 150, 50, 150, 150))
      .expectNotices("too_few_points");
  });
});
