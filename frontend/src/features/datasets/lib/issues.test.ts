import { expect, it } from "vitest";
import { titleOf } from "./issues";

it("says codes in words, those of others as they are spelled", () => {
  expect(titleOf("zero_area")).toBe("Shapes without area");
  expect(titleOf("my_own_code")).toBe("My own code");
});
