import { maskSasl, NS_SASL2 } from '../sasl/index.ts';
import { MASK } from '../sasl/server.ts';
import type { Element } from '../xml/index.ts';

/** Namespaces of SASL, SASL2 and FAST. */
const SASL = /urn:ietf:params:xml:ns:xmpp-sasl|urn:xmpp:(?:sasl|fast):/;
const PAYLOADS =
  /(<(?:[\w.-]+:)?(auth|response|challenge|success|initial-response|additional-data)((?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?)(?<!\/)>)(.*?)(?=<\/(?:[\w.-]+:)?\2\s*>|$)/gs;
const TOKENS = /(<(?:[\w.-]+:)?token\s(?:[^>"']|"[^"]*"|'[^']*')*?\btoken\s*=\s*)("[^"]*"|'[^']*')/g;

/**
 * XML as a test typed it, without what it says for SASL. It need be neither complete nor well-formed. In a pattern `*` and `!` stay,
 * which are no secrets.
 */
export function maskTyped(xml: string): string {
  const concernsSasl = SASL.test(xml);
  const masked = maskPayloads(xml, concernsSasl);
  return concernsSasl ? masked.replace(TOKENS, `$1"${MASK}"`) : masked;
}

function maskPayloads(xml: string, concernsSasl: boolean): string {
  return xml.replace(PAYLOADS, (_all, tag: string, name: string, attributes: string, payload: string) => {
    const declared = /\sxmlns\s*=\s*["']([^"']*)/.exec(attributes)?.[1];
    const isSasl = declared === undefined ? concernsSasl || /\smechanism\s*=/.test(attributes) : SASL.test(declared);
    // The success of SASL2 has a payload only deeper inside.
    const isPayload = isSasl && !(name === 'success' && declared === NS_SASL2) && !/^\s*[*!]?\s*$/.test(payload);
    return tag + (isPayload ? MASK : maskPayloads(payload, concernsSasl));
  });
}

/** Words about elements, without what these say for SASL. */
export function maskIn(words: string, ...elements: readonly (Element | undefined)[]): string {
  const secrets = elements.flatMap((each) => (each ? secretsIn(each, maskSasl(each)) : []));
  return secrets.reduce((masked, secret) => masked.replaceAll(shownAs(secret), JSON.stringify(MASK)), words);
}

/** A regular expression stands in a pattern without quotes. */
function shownAs(value: string): string {
  return /^\/.+\/$/s.test(value) ? value : JSON.stringify(value);
}

/** The values that are in an element, and not in the same one as it may be shown. */
function secretsIn(actual: Element, shown: Element): string[] {
  if (actual === shown) return [];
  const values = Object.entries(actual.attributes).filter(([name, value]) => value !== shown.attributes[name]);
  const inside = actual.children.flatMap((child, index) => {
    const other = shown.children[index];
    if (typeof child === 'string') return child === other ? [] : [child.trim()];
    return secretsIn(child, typeof other === 'object' ? other : { ...child, attributes: {}, children: [] });
  });
  return [...values.map(([, value = '']) => value), ...inside].filter((value) => value !== '');
}
