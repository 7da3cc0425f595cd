import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ChannelBindingType, Credentials, ExchangeOptions, UserAgent } from '../../src/sasl/index.ts';
import { exchangeSasl } from '../../src/testing/client-sasl.ts';
import { exchangeSasl2 } from '../../src/testing/client-sasl2.ts';
import { type Element, serialize } from '../../src/xml/index.ts';
import type { RawClient } from './raw-client.ts';

/** Authenticates with the mechanisms of this package; returns `<success/>`, once it is proven, or `<failure/>`. */
export function authenticates(
  client: RawClient,
  mechanism: string,
  credentials: Partial<Credentials>,
  options: Partial<ExchangeOptions> = {},
): Promise<Element> {
  return exchangeSasl(client.line, { username: '', ...credentials, ...options, mechanism, outcome: isOutcome });
}

/** What a client says along with SASL2; it has a user agent with the id of {@link AGENT} unless told otherwise. */
export interface Sasl2Extras {
  readonly inline?: readonly Element[];
  readonly userAgent?: UserAgent;
  readonly options?: Partial<ExchangeOptions>;
}

export const AGENT = 'd4565fa7-4d72-4749-b3d3-740edbf87770';

/** The same by SASL2. */
export function authenticates2(
  client: RawClient,
  mechanism: string,
  credentials: Partial<Credentials>,
  { inline = [], userAgent = { id: AGENT }, options }: Sasl2Extras = {},
): Promise<Element> {
  const login = { username: '', ...credentials, ...options, mechanism, outcome: isOutcome };
  return exchangeSasl2(client.line, { ...login, userAgent, inline: inline.map((each) => serialize(each)).join('') });
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

function isOutcome({ name }: Element): boolean {
  return name === 'success' || name === 'failure';
}
