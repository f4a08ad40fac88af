// @vitest-environment node
import { describe, expect, it } from "vitest";
import { EditorDriver } from "../../testing/editor-driver";
import { boxAnnotation, polygon } from "../../testing/fixtures";

const polygonTool = (...args: ConstructorParameters<typeof EditorDriver>) =>
  new EditorDriver(...args).tool("polygon");
const threePoints = () => polygonTool().click(50, 50).click(150, 50).click(150, 150);

describe("polygon tool", () => {
  it("closes on the first point", () => {
    threePoints()
      .expectState("polygon.drawing")
      .click(53, 48)
      .expectShapes(polygon(50, 50, 150, 50, 150, 150))
      .expectState("polygon.idle")
      .expectOperations("create");
  });

  it("closes on Enter", () => {
    threePoints()
      .key("Enter")
      .expectShapes(polygon(50, 50, 150, 50, 150, 150));
  });

  it("closes on a double click, which is one point", () => {
    threePoints()
      .doubleClick(60, 140)
      .expectShapes(polygon(50, 50, 150, 50, 150, 150, 60, 140));
  });

  it("needs three points", () => {
    polygonTool()
      .click(50, 50)
      .click(150, 50)
      .key("Enter")
      .expectShapes()
      .expectNotices("too_few_points");
  });

  it("takes the last point back with Backspace, and with undo", () => {
    const driver = threePoints().key("Backspace").click(200, 200).undo().click(100, 200);
    driver.key("Enter").expectShapes(polygon(50, 50, 150, 50, 100, 200));
  });

  it("is idle again when the last point is taken back", () => {
    polygonTool().click(50, 50).key("Backspace").expectState("polygon.idle");
  });

  it("is dropped by Escape", () => {
    threePoints().key("Escape").expectState("polygon.idle").expectShapes();
  });

  it("draws freehand while the button is held", () => {
    polygonTool()
      .drag([50, 50], [100, 50], [150, 50], [150, 150])
      .expectState("polygon.drawing")
      .key("Enter")
      .expectShapes(polygon(50, 50, 150, 50, 150, 150));
  });

  it("keeps to multiples of 45 degrees with Shift", () => {
    polygonTool()
      .click(50, 50)
      .hold({ shift: true })
      .click(150, 55)
      .hold()
      .click(150, 150)
      .key("Enter")
      .expectShapes(polygon(50, 50, 150.12, 50, 150, 150));
  });

  it("shows the line to the pointer and where it would close", () => {
    const driver = threePoints().pointerMove(100, 120);
    const { live } = driver.editor.workspace;
    expect(live.draft).toMatchObject({
      closing: false,
      geometry: { type: "polyline", points: [50, 50, 150, 50, 150, 150, 100, 120] },
    });
    driver.pointerMove(999, -50);
    expect(live.draft).toMatchObject({ geometry: { points: [50, 50, 150, 50, 150, 150, 400, 0] } });
    driver.pointerMove(52, 52);
    expect(live.draft).toMatchObject({ closing: true });
  });

  it("passes through shapes and stays inside the image", () => {
    polygonTool([boxAnnotation("old", 0, 0, 300, 290)])
      .click(50, 50)
      .click(500, 50)
      .click(50, 250)
      .key("Enter");
    const driver = polygonTool().click(50, 50).click(500, 50).click(50, 250).key("Enter");
    driver.expectShapes(polygon(50, 50, 400, 50, 50, 250));
  });

  it("refuses what has no area", () => {
    polygonTool()
      .click(50, 50)
      .click(100, 50)
      .click(150, 50)
      .key("Enter")
      .expectShapes()
      .expectNotices("too_small");
  });
});

describe("polyline tool", () => {
  it("ends on Enter and never closes", () => {
    new EditorDriver()
      .tool("polyline")
      .click(10, 10)
      .click(60, 10)
      .click(60, 60)
      .click(12, 12)
      .key("Enter")
      .expectShapes({ type: "polyline", points: [10, 10, 60, 10, 60, 60, 12, 12] });
  });
});
