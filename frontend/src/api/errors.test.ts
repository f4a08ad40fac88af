import { describe, expect, it } from "vitest";
import { errorFrom, messageOf } from "./errors";

describe("errorFrom", () => {
  it("keeps the server's sentence, code and field messages", () => {
    const error = errorFrom(422, {
      code: "invalid",
      detail: "Two fields are wrong.",
      fields: { name: ["Too long.", "Odd."], color: "Not a colour.", size: 3 },
    });
    expect(error).toMatchObject({
      status: 422,
      code: "invalid",
      message: "Two fields are wrong.",
      fields: { name: "Too long.", color: "Not a colour." },
    });
  });

  it.each([
    [403, null, "You may not do this here."],
    [502, "<html>", "The server failed on this request. The log of the server says why."],
    [418, {}, "The server refused this request (418)."],
    [400, { detail: ["First.", "Second."] }, "First."],
  ])("makes a sentence of %d %j", (status, body, sentence) => {
    expect(errorFrom(status, body).message).toBe(sentence);
  });
});

describe("messageOf", () => {
  it("has words for things that are not errors", () => {
    expect([messageOf(new Error("Why.")), messageOf(undefined)]).toEqual([
      "Why.",
      "Something went wrong.",
    ]);
  });
});
