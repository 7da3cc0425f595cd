import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ChannelBinding, ChannelBindingType, ClientExchange, Credentials } from '../../src/sasl/index.ts';
import { mechanismOf } from '../../src/sasl/mechanisms.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import type { RawStream } from './raw-stream.ts';

/** One authentication: the mathematics are those of `src/sasl`, the elements are written by hand. */
export interface RawLogin {
  readonly mechanism: string;
  readonly credentials: Credentials;
  readonly binding?: ChannelBindingType;
}

/** The same with SASL2 (XEP-0388). */
export interface RawLogin2 extends RawLogin {
  /** XML behind the initial response: the user agent, and what is to be done inline. */
  readonly inline?: string;
}

/** Logs in as RFC 6120 §6.4 has it. Resolves with `<success/>`, checked as the mechanism demands, or with `<failure/>`. */
export async function logIn(stream: RawStream, login: RawLogin): Promise<string> {
  const xmlns = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
  const exchange = start(stream, login);
  const initial = encode(await exchange.start()) || '=';
  stream.write(`<auth ${xmlns} mechanism="${login.mechanism}">${initial}</auth>`);
  const answer = await answerChallenges(stream, exchange, (response) => `<response ${xmlns}>${response}</response>`);
  if (answer.startsWith('<success')) exchange.finish(decode(/>([^<]+)</.exec(answer)?.[1]));
  return answer;
}

/** Logs in with SASL2. Resolves with `<success/>`, checked as the mechanism demands, or with `<failure/>`. */
export async function logIn2(stream: RawStream, login: RawLogin2): Promise<string> {
  const xmlns = 'xmlns="urn:xmpp:sasl:2"';
  const exchange = start(stream, login);
  const initial = `<initial-response>${encode(await exchange.start())}</initial-response>`;
  stream.write(`<authenticate ${xmlns} mechanism="${login.mechanism}">${initial}${login.inline ?? ''}</authenticate>`);
  const answer = await answerChallenges(stream, exchange, (response) => `<response ${xmlns}>${response}</response>`);
  const additional = /<additional-data>(.*?)<\/additional-data>/.exec(answer)?.[1];
  if (answer.startsWith('<success')) exchange.finish(decode(additional));
  return answer;
}

function start(stream: RawStream, { mechanism, credentials, binding }: RawLogin): ClientExchange {
  const found = mechanismOf(mechanism);
  if (!found) throw new Error(`There is no ${mechanism}`);
  const channelBinding = binding && stream.tls && bindingValue(binding, stream.tls);
  return found.createExchange(credentials, { crypto: nodeScramCrypto, channelBinding });
}

async function answerChallenges(
  stream: RawStream,
  exchange: ClientExchange,
  respond: (response: string) => string,
): Promise<string> {
  for (;;) {
    const answer = await stream.until(/<(challenge|success|failure)\b[^>]*?(?:\/>|>.*?<\/\1>)/s);
    if (!answer.includes('<challenge')) return answer.slice(answer.search(/<(?:success|failure)/));
    stream.write(respond(encode(await exchange.answer(decode(/>([^<]*)<\/challenge>/.exec(answer)?.[1]) ?? empty()))));
  }
}

function bindingValue(type: ChannelBindingType, tls: TLSSocket): ChannelBinding {
  switch (type) {
    case 'tls-exporter':
      return { type, data: tls.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) };
    case 'tls-unique':
      return { type, data: tls.getFinished() ?? empty() };
    case 'tls-server-end-point':
      // The certificates of tests are signed with SHA-256 (RFC 5929 §4.1).
      return { type, data: createHash('sha256').update(tls.getPeerCertificate().raw).digest() };
  }
}

function encode(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? empty()).toString('base64');
}

function decode(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

function empty(): Uint8Array {
  return new Uint8Array(0);
}
