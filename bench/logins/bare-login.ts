import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { type BareStream, FEATURES, HEADER, openDirectTls, openStartTls } from './bare-stream.ts';
import { LOCALPART, type Login, PASSWORD, type Place } from './place.ts';

/** How a script logs in with a password. */
export interface BareScram {
  readonly hash: 'sha256' | 'sha512';
  /** Whether stream management is asked for along with the resource. */
  readonly managesStream: boolean;
}

/** How a script logs in with a token. */
export interface BareToken {
  readonly token: string;
  /** The UUID that the token was given to. */
  readonly userAgent: string;
  /** Whether header and login go out in one flight. */
  readonly isPipelined: boolean;
}

const BIND = '<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>';
const ENABLE = '<enable xmlns="urn:xmpp:sm:3" resume="true"/>';

/** STARTTLS, SCRAM, a new stream, a resource: the exchange of RFC 6120, with no bytes but what it takes. */
export function bareScramLogin(place: Place, { hash, managesStream }: BareScram): Login {
  return async () => {
    const stream = await openStartTls(place);
    await stream.open();
    await scram(stream, hash);
    stream.write(HEADER);
    await stream.until(FEATURES);
    stream.write(managesStream ? BIND + ENABLE : BIND);
    await stream.until(managesStream ? /<enabled [^>]*>/ : /<\/iq>/);
    return stream.close;
  };
}

/** TLS, then a token with Bind 2 and stream management along with it (XEP-0484, XEP-0386). */
export function bareTokenLogin(place: Place, { token, userAgent, isPipelined }: BareToken): Login {
  return async () => {
    const stream = await openDirectTls(place);
    if (!isPipelined) await stream.open();
    const { mechanism, data } = bindingOf(stream.socket);
    const sign = (side: string) => createHmac('sha256', token).update(side).update(data).digest();
    const initial = Buffer.concat([Buffer.from(`${LOCALPART}\0`), sign('Initiator')]).toString('base64');
    stream.write(
      `${isPipelined ? HEADER : ''}<authenticate xmlns="urn:xmpp:sasl:2" mechanism="${mechanism}">` +
        `<initial-response>${initial}</initial-response><user-agent id="${userAgent}"/>` +
        `<bind xmlns="urn:xmpp:bind:0">${ENABLE}</bind><fast xmlns="urn:xmpp:fast:0"/></authenticate>`,
    );
    const success = await stream.until(/<\/success>/);
    await stream.until(FEATURES);
    const [, proof] = /<additional-data>([^<]*)</.exec(success) ?? [];
    if (proof !== sign('Responder').toString('base64')) throw new Error(`The server did not prove itself: ${success}`);
    return stream.close;
  };
}

/** The channel binding that our client prefers on this version of TLS, and its mechanism. */
function bindingOf(socket: TLSSocket): { readonly mechanism: string; readonly data: Uint8Array } {
  if (socket.getProtocol() === 'TLSv1.2') {
    return { mechanism: 'HT-SHA-256-UNIQ', data: socket.getFinished() ?? Buffer.alloc(0) };
  }
  const data = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  return { mechanism: 'HT-SHA-256-EXPR', data };
}

async function scram(stream: BareStream, hash: BareScram['hash']): Promise<void> {
  const say = (name: string, text: string, mechanism = ''): void => {
    const payload = Buffer.from(text).toString('base64');
    stream.write(`<${name} xmlns="urn:ietf:params:xml:ns:xmpp-sasl"${mechanism}>${payload}</${name}>`);
  };
  const clientFirst = `n=${LOCALPART},r=${randomBytes(24).toString('base64')}`;
  say('auth', `n,,${clientFirst}`, ` mechanism="${hash === 'sha256' ? 'SCRAM-SHA-256' : 'SCRAM-SHA-512'}"`);
  const serverFirst = payloadOf(await stream.until(/<\/challenge>/));
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]*),s=([^,]*),i=(\d+)/.exec(serverFirst) ?? [];
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const length = hash === 'sha256' ? 32 : 64;
  const salted = pbkdf2Sync(PASSWORD, Buffer.from(salt, 'base64'), Number(iterations), length, hash);
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${nonce}`;
  const signed = `${clientFirst},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash(hash).update(clientKey).digest(), signed);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  say('response', `${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  const final = payloadOf(await stream.until(/<\/success>/));
  const expected = hmac(hmac(salted, 'Server Key'), signed).toString('base64');
  if (final !== `v=${expected}`) throw new Error(`The server did not prove itself: ${final}`);
}

function payloadOf(text: string): string {
  return Buffer.from(/>([^<>]+)<\/(?:challenge|success)>$/.exec(text)?.[1] ?? '', 'base64').toString();
}
