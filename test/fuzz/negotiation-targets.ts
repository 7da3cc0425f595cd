import { inspect } from 'node:util';
import * as payloads from '../../src/payloads/index.ts';
import {
  maskSasl,
  NS_BIND2,
  NS_FAST,
  NS_SASL2,
  offeredChannelBindings,
  parseSasl2Element,
  parseSasl2Offer,
  parseSaslElement,
  SaslError,
} from '../../src/sasl/index.ts';
import { parseClientSasl2Element } from '../../src/sasl/sasl2-server.ts';
import { parseClientSaslElement } from '../../src/sasl/wire-server.ts';
import { StanzaError } from '../../src/stanza/index.ts';
import {
  featureNames,
  messageFraming,
  NS_SM,
  parseFeatures,
  parseHeader,
  StreamError,
} from '../../src/stream/index.ts';
import { createAttributes, type Element, parseElement, serialize } from '../../src/xml/index.ts';
import { fill, negotiationElement, PAYLOAD, TOKEN } from './negotiation-elements.ts';
import type { Random } from './random.ts';
import { show, type Target } from './target.ts';

/** Whatever a server sends: it is read, or refused with the error that the function promises, which can be sent back. */
export const elementTarget: Target = {
  name: 'elements of the negotiation, and payloads',
  attempt(random) {
    const made = negotiationElement(random);
    const before = show(made);
    for (const [name, { read, refusesWith }] of Object.entries(READERS)) {
      const complaint = complaintOf(() => read(made, random.pick(['', 'jabber:client', 'u'])), refusesWith);
      if (complaint !== undefined) return `${name} ${complaint} for ${before}`;
    }
    return show(made) === before ? undefined : `${before} was changed`;
  },
};

/** Of what SASL2 has, nothing secret is shown: no token and no payload in logs, no token in what is read. */
export const secretTarget: Target = {
  name: 'secrets of SASL2',
  attempt(random) {
    const name = random.pick(['success', 'challenge', 'continue', 'failure']);
    const made = random.chance(0.5) ? success(random) : fill({ name, namespace: NS_SASL2 }, random);
    const logged = serialize(maskSasl(made));
    if ([TOKEN, PAYLOAD].some((secret) => logged.includes(secret))) return `${logged} shows what ${show(made)} hides`;
    let read: unknown;
    try {
      read = parseSasl2Element(made);
    } catch (error) {
      read = error;
    }
    const shown = inspect(read, { depth: Number.POSITIVE_INFINITY, showHidden: true });
    return shown.includes(TOKEN) ? `${shown} shows what ${show(made)} hides` : undefined;
  },
};

/** A success that says what it must, with answers to what was asked for along with it. */
function success(random: Random): Element {
  const identifier = { ...element('authorization-identifier', NS_SASL2), children: ['a@b'] };
  const bound = fill({ name: 'bound', namespace: NS_BIND2 }, random);
  const resumed = fill({ name: 'resumed', namespace: NS_SM }, random);
  const token = fill({ name: 'token', namespace: NS_FAST }, random);
  const answers = [bound, resumed, token].filter(() => random.chance(0.7));
  return { ...element('success', NS_SASL2), children: [identifier, ...answers] };
}

function element(name: string, namespace: string): Element {
  return { name, namespace, attributes: createAttributes(), children: [] };
}

interface Reader {
  /** `namespace` is the one that a header declares for stanzas. */
  readonly read: (element: Element, namespace: string) => unknown;
  readonly refusesWith?: typeof StreamError | typeof StanzaError | typeof SaslError;
}

const READERS: Readonly<Record<string, Reader>> = {
  parseFeatures: { read: (element) => featureNames(parseFeatures(element)) },
  parseSasl2Offer: { read: parseSasl2Offer },
  offeredChannelBindings: { read: offeredChannelBindings },
  parseSaslElement: { read: (element) => parseSaslElement(element), refusesWith: SaslError },
  parseSasl2Element: { read: (element) => parseSasl2Element(element), refusesWith: SaslError },
  parseClientSaslElement: { read: parseClientSaslElement },
  parseClientSasl2Element: { read: parseClientSasl2Element },
  maskSasl: { read: (element) => serialize(maskSasl(element)) },
  'SaslError.fromElement': { read: (element) => SaslError.fromElement(element) },
  'SaslError.fromContinue': { read: (element) => SaslError.fromContinue(element) },
  'StreamError.fromElement': { read: (element) => serialize(StreamError.fromElement(element).toElement()) },
  'StanzaError.fromElement': { read: (element) => serialize(StanzaError.fromElement(element).toElement()) },
  parseHeader: { read: parseHeader, refusesWith: StreamError },
  parseOpen: {
    read: (header, contentNamespace) => messageFraming.parseHeader({ type: 'header', header, contentNamespace }),
    refusesWith: StreamError,
  },
  parseMessage: { read: payloads.parseMessage },
  parsePresence: { read: payloads.parsePresence },
  parseCarbon: { read: payloads.parseCarbon },
  parseDelay: { read: payloads.parseDelay },
  parseForwardedMessage: { read: payloads.parseForwardedMessage },
  parseEnabled: { read: payloads.parseEnabled },
  parseResumed: { read: payloads.parseResumed },
  parseManagementFailed: { read: payloads.parseManagementFailed },
  parseAck: { read: payloads.parseAck },
  parseRoster: { read: payloads.parseRoster, refusesWith: StanzaError },
  parseDiscoInfo: { read: payloads.parseDiscoInfo, refusesWith: StanzaError },
  parseVersion: { read: payloads.parseVersion, refusesWith: StanzaError },
  parseBindRequest: { read: payloads.parseBindRequest, refusesWith: StanzaError },
  parseBindResult: { read: payloads.parseBindResult, refusesWith: StanzaError },
};

function complaintOf(read: () => unknown, refusesWith: Reader['refusesWith']): string | undefined {
  try {
    touch(read(), 0);
  } catch (error) {
    if (refusesWith === undefined || !(error instanceof refusesWith)) return `threw ${inspect(error)}`;
    return error instanceof SaslError ? undefined : unsendable(error);
  }
  return undefined;
}

/** These errors are sent to the peer. */
function unsendable(error: StreamError | StanzaError): string | undefined {
  try {
    parseElement(serialize(error.toElement()));
    return undefined;
  } catch (cause) {
    return `made an error that cannot be sent, ${show(error.text)}: ${cause}`;
  }
}

/** Reads all that can be read of a value: views look at their stanza only when they are asked. */
function touch(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 3) return;
  for (let owner = value; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) touch(Reflect.get(owner, name, value), depth + 1);
  }
}
