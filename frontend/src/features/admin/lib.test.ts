import { describe, expect, it } from "vitest";
import { actorOf, detailOf, sentenceOf } from "./lib";

describe("audit events in words", () => {
  it("reads actions, actors and details", () => {
    expect(sentenceOf("member.role_changed")).toBe("Member role changed");
    expect([
      actorOf({ actor: null }),
      actorOf({ actor: { id: 1, username: "mara", display_name: "" } }),
    ]).toEqual(["the server", "mara"]);
    expect(detailOf({ old_role: "viewer", images: [1] })).toBe("old role: viewer, images: [1]");
  });
});
