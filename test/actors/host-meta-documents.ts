import { REL_WEBSOCKET } from '../../src/actors/host-meta.ts';

const NAMESPACE = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';

export const JRD_URL = 'https://example.org/.well-known/host-meta.json';
export const XRD_URL = 'https://example.org/.well-known/host-meta';
export const JRD_PATH = new URL(JRD_URL).pathname;
export const XRD_PATH = new URL(XRD_URL).pathname;

/** A JRD with links to these addresses. */
export function jrd(...hrefs: readonly unknown[]): string {
  return JSON.stringify({ links: hrefs.map((href) => ({ rel: REL_WEBSOCKET, href })) });
}

/** An XRD with this inside. */
export function xrd(...children: readonly string[]): string {
  return `<XRD xmlns='${NAMESPACE}'>${children.join('')}</XRD>`;
}

/** A link for an XRD. */
export function link(href: string): string {
  return `<Link rel='${REL_WEBSOCKET}' href='${href}'/>`;
}

/** A text as it comes over the network. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A document of each form, each with another address. */
export const JRD = jrd('wss://jrd.example.org/ws');
export const XRD = xrd(link('wss://xrd.example.org/ws'));
