import { afterEach, expect, it } from "vitest";
import { styleNonce } from "./nonce";

afterEach(() => {
  document.head.innerHTML = "";
});

it.each([
  ["abc-_1", "abc-_1"],
  // One nonce in four thousand begins like this.
  ["__4x9QmW2k", "__4x9QmW2k"],
  ["__CSP_NONCE__", ""],
])("takes %s for %s", (content, nonce) => {
  document.head.innerHTML = `<meta name="csp-nonce" content="${content}">`;
  expect(styleNonce()).toBe(nonce);
});

it("is empty where no server wrote the page", () => {
  expect(styleNonce()).toBe("");
});
