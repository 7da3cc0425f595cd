import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  buildAuthenticate,
  buildSasl2Response,
  type ChannelBindingType,
  type Credentials,
  type ExchangeOptions,
  MECHANISMS,
  type Mechanism,
  parseSasl2Element,
  Sealed,
  type UserAgent,
} from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { type Element, serialize, textOf } from '../../src/xml/index.ts';
import type { RawClient } from './raw-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

/** Authenticates with the mechanisms of this package; returns `<success/>`, once it is proven, or `<failure/>`. */
export async function authenticates(
  client: RawClient,
  name: string,
  credentials: Partial<Credentials>,
  options: Partial<ExchangeOptions> = {},
): Promise<Element> {
  const exchange = mechanismOf(name).createExchange(
    { username: '', ...credentials },
    { crypto: nodeScramCrypto, ...options },
  );
  client.sends(`<auth xmlns="${SASL}" mechanism="${name}">${encode(await exchange.start()) || '='}</auth>`);
  for (;;) {
    const received = await client.receives(() => true);
    const data = textOf(received) ? decode(textOf(received)) : undefined;
    if (received.name === 'success') exchange.finish(data);
    if (received.name !== 'challenge') return received;
    const response = encode(await exchange.answer(data ?? new Uint8Array(0)));
    client.sends(`<response xmlns="${SASL}">${response}</response>`);
  }
}

/** What a client says along with SASL2; it has a user agent with the id of {@link AGENT} unless told otherwise. */
export interface Sasl2Extras {
  readonly inline?: readonly Element[];
  readonly userAgent?: UserAgent;
  readonly options?: Partial<ExchangeOptions>;
}

export const AGENT = 'd4565fa7-4d72-4749-b3d3-740edbf87770';

/** The same by SASL2. */
export async function authenticates2(
  client: RawClient,
  name: string,
  credentials: Partial<Credentials>,
  { inline = [], userAgent = { id: AGENT }, options }: Sasl2Extras = {},
): Promise<Element> {
  const exchange = mechanismOf(name).createExchange(
    { username: '', ...credentials },
    { crypto: nodeScramCrypto, ...options },
  );
  const initial = new Sealed((await exchange.start()) ?? new Uint8Array(0));
  client.sends(serialize(buildAuthenticate({ mechanism: name, initial, userAgent, inline })));
  for (;;) {
    const received = await client.receives(() => true);
    const message = parseSasl2Element(received);
    if (message?.type === 'challenge') {
      const response = new Sealed(await exchange.answer(message.payload.reveal()));
      client.sends(serialize(buildSasl2Response(response)));
    } else {
      if (message?.type === 'success') exchange.finish(message.payload?.reveal());
      return received;
    }
  }
}

/** What a client binds a login to, computed without the code under test. */
export function bindingOf(socket: TLSSocket, type: ChannelBindingType): Uint8Array {
  switch (type) {
    case 'tls-exporter':
      return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    case 'tls-unique':
      return (socket.isSessionReused() ? socket.getPeerFinished() : socket.getFinished()) ?? new Uint8Array(0);
    case 'tls-server-end-point':
      return createHash('sha256').update(socket.getPeerCertificate().raw).digest();
  }
}

/** The name of the condition in a failure. */
export function conditionOf(failure: Element): string {
  const [condition] = failure.children;
  return typeof condition === 'object' && failure.name === 'failure' ? condition.name : `<${failure.name}/>`;
}

function mechanismOf(name: string): Mechanism {
  const mechanism = MECHANISMS.find((each) => each.name === name);
  if (mechanism === undefined) throw new Error(`There is no ${name}`);
  return mechanism;
}

function encode(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes).toString('base64') : '';
}

function decode(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
