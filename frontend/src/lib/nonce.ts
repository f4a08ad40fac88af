/** What stands in the page until the server puts a nonce there. */
const PLACEHOLDER = "__CSP_NONCE__";

/** The nonce the server wrote into the page for style tags made at run time; "" when it sent none (development). */
export function styleNonce(): string {
  const content = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  return content === PLACEHOLDER ? "" : content;
}
