import { NS_CARBONS, NS_DELAY, NS_DISCO_INFO, NS_FORWARD, NS_ROSTER } from '../../src/payloads/index.ts';
import { NS_BIND2, NS_CHANNEL_BINDING, NS_FAST, NS_SASL2 } from '../../src/sasl/index.ts';
import { NS_CLIENT } from '../../src/stanza/index.ts';
import {
  NS_BIND,
  NS_FRAMING,
  NS_SASL,
  NS_SESSION,
  NS_SM,
  NS_STREAM,
  NS_STREAM_ERRORS,
  NS_TLS,
  STREAM_CONDITIONS,
} from '../../src/stream/index.ts';
import { createAttributes, type Element, type Node } from '../../src/xml/index.ts';
import type { Random } from './random.ts';

/** What has to stay hidden, wherever a server puts it: a token, and the data of a mechanism. */
export const TOKEN = 'c2VjcmV0LXRva2Vu';
export const PAYLOAD = 'c2VjcmV0LWRhdGEh';

/** Names by namespace, as they belong together. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  [NS_STREAM]: ['stream', 'features', 'error'],
  [NS_STREAM_ERRORS]: [...Object.keys(STREAM_CONDITIONS), 'text', 'see-other-host', 'xml-not-well-formed'],
  [NS_FRAMING]: ['open', 'close'],
  [NS_TLS]: ['starttls', 'required', 'proceed', 'failure'],
  [NS_SASL]: [
    'mechanisms',
    'mechanism',
    'challenge',
    'success',
    'failure',
    'text',
    'not-authorized',
    'aborted',
    'auth',
  ],
  [NS_SASL2]: [
    ...['authentication', 'mechanism', 'inline', 'challenge', 'success', 'failure', 'continue', 'additional-data'],
    ...['text', 'authorization-identifier', 'tasks', 'task', 'authenticate', 'initial-response', 'user-agent'],
    ...['response', 'abort'],
  ],
  [NS_BIND2]: ['bind', 'bound', 'inline', 'feature', 'failed', 'tag'],
  [NS_FAST]: ['fast', 'mechanism', 'token', 'request-token'],
  [NS_CHANNEL_BINDING]: ['sasl-channel-binding', 'channel-binding'],
  [NS_SM]: ['sm', 'enabled', 'enable', 'resumed', 'resume', 'failed', 'a', 'r', 'handled-count-too-high'],
  [NS_BIND]: ['bind', 'jid', 'resource'],
  [NS_SESSION]: ['session', 'optional'],
  [NS_CLIENT]: [
    ...['iq', 'message', 'presence', 'error', 'body', 'subject', 'thread', 'show', 'status', 'priority', 'item'],
    ...['group'],
  ],
  [NS_ROSTER]: ['query', 'item', 'group'],
  [NS_DISCO_INFO]: ['query', 'identity', 'feature'],
  [NS_DELAY]: ['delay'],
  [NS_FORWARD]: ['forwarded'],
  [NS_CARBONS]: ['received', 'sent', 'private'],
  'jabber:iq:version': ['query', 'name', 'version', 'os'],
  'urn:ietf:params:xml:ns:xmpp-stanzas': ['item-not-found', 'gone', 'redirect', 'text'],
  u: ['a', `a${'\u{10000}'.repeat(80)}`, '__proto__', 'constructor'],
};
const NAMESPACES = Object.keys(WORDS);
const ATTRIBUTES: readonly string[] = [
  ...['type', 'id', 'from', 'to', 'version', 'h', 'previd', 'max', 'resume', 'location', 'var', 'token', 'expiry'],
  ...['mechanism', 'xml:lang', 'jid', 'name', 'subscription', 'ask', 'ver', 'node', 'category', 'stamp', 'by'],
  ...['see-other-uri', 'count', '{u}a', '__proto__', 'parent', 'invalidate'],
];
const VALUES: readonly string[] = [
  ...['', ' ', 'x', '=', 'AAAA', 'biws', ' AAAA ', 'A', 'a@b', 'a@b/c', '@', 'true', '1', '0', '1.0', '01.00', '2.0'],
  ...['1.1', '-1', 'get', 'set', 'result', 'error', 'chat', 'headline', 'unavailable', 'subscribe', 'both', 'remove'],
  ...['away', '127', '-129', '4294967295', '4294967296', '2026-11-22T00:00:00Z', '2026-02-30T25:00:00Z', 'NaN'],
  ...['SCRAM-SHA-256', 'PLAIN', 'tls-exporter', 'en', 'x'.repeat(130), 'x'.repeat(5000), `${'\u{1f600}'.repeat(60)}`],
  ...['a\nb', '\u202e', 'urn:xmpp:carbons:2', '[::1]:5222'],
];

/** An element as a server might send it, or somebody who has read the same specifications and means no good. */
export function negotiationElement(random: Random, depth = 0): Element {
  const namespace = random.pick(NAMESPACES);
  const name = random.pick(random.chance(0.05) ? ['text', 'error', 'a'] : (WORDS[namespace] ?? []));
  return fill({ name, namespace }, random, depth);
}

/** The same with this name, and something in it. */
export function fill({ name, namespace }: Pick<Element, 'name' | 'namespace'>, random: Random, depth = 0): Element {
  const attributes = createAttributes();
  while (random.chance(0.5)) attributes[random.pick(ATTRIBUTES)] = random.pick(VALUES);
  if (namespace === NS_FAST && name === 'token' && random.chance(0.9)) attributes.token = TOKEN;
  return { name, namespace, attributes, children: childrenOf({ name, namespace }, random, depth) };
}

function childrenOf({ name, namespace }: Pick<Element, 'name' | 'namespace'>, random: Random, depth: number): Node[] {
  if (namespace === NS_SASL2 && PAYLOADS.includes(name) && random.chance(0.7)) return [PAYLOAD];
  const children: Node[] = [];
  if (namespace === NS_FAST && name === 'fast') children.push(fill({ name: 'token', namespace }, random, depth + 1));
  for (let count = random.below(depth === 0 ? 6 : 5 - depth); count > 0; count--) {
    if (random.chance(0.25)) addText(children, random.pick(VALUES));
    else if (random.chance(0.5))
      children.push(fill({ name: random.pick(WORDS[namespace] ?? []), namespace }, random, depth + 1));
    else children.push(negotiationElement(random, depth + 1));
  }
  return children;
}

function addText(children: Node[], text: string): void {
  if (text !== '' && typeof children.at(-1) !== 'string') children.push(text);
}

const PAYLOADS: readonly string[] = ['challenge', 'additional-data', 'initial-response', 'response'];
