import { buildIq, type Element, element } from '../../src/node.ts';

/** A message to somebody elsewhere. */
export function messageWith(body: string): Element {
  return element('{jabber:client}message', { to: 'romeo@montague.example' }, element('body', {}, body));
}

/** How a script expects such a message. */
export function messageXml(body: string): string {
  return `<message to="romeo@montague.example"><body>${body}</body></message>`;
}

/** A request to the server. */
export function pingRequest(): Element {
  return buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping'));
}

/** How a script expects it. */
export const PING = '<iq type="get" to="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>';

/** How it is answered. */
export function pingResult({ attributes: { id } }: Element): string {
  return `<iq type="result" id="${id}" from="capulet.example"/>`;
}
