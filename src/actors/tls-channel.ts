import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { type ChannelBindingType, SaslError, type SecureChannel } from '../sasl/index.ts';
import { endPointHash } from './end-point-hash.ts';
import { certificateOf } from './tls-options.ts';

/**
 * A TLS connection as logins see it. Nothing is computed before it is asked for, and nothing keeps the socket once that is
 * closed: whoever knows the channel may keep it longer than the connection lasts.
 */
export class TlsChannel implements SecureChannel {
  readonly tlsVersion: string;
  #socket: TLSSocket | undefined;
  #hash: { readonly name: string | undefined } | undefined;

  /** The handshake of the socket must be done. */
  constructor(socket: TLSSocket) {
    this.tlsVersion = socket.getProtocol() ?? '';
    this.#socket = socket;
    socket.once('close', () => {
      this.#socket = undefined;
    });
  }

  get bindings(): readonly ChannelBindingType[] {
    const own = OF_CONNECTION[this.tlsVersion];
    const types: readonly ChannelBindingType[] = own ? [own] : [];
    return this.#hashName() === undefined ? types : [...types, 'tls-server-end-point'];
  }

  async bindingData(type: ChannelBindingType): Promise<Uint8Array> {
    const data = this.#open && this.#valueOf(type, this.#open);
    if (data) return data;
    throw new SaslError(`The connection gives no value for ${type}`, {
      condition: 'aborted',
      hint: 'The connection was lost during the login; nothing is wrong with the password.',
    });
  }

  #valueOf(type: ChannelBindingType, socket: TLSSocket): Uint8Array | undefined {
    if (!this.bindings.includes(type)) return undefined;
    if (type === 'tls-server-end-point') return this.#hashOfCertificate(socket);
    // RFC 9266 §2: the context is empty.
    if (type === 'tls-exporter') return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    // The first of a handshake is the client's, where no session is resumed, and this client never does (RFC 5929 §3.1).
    return socket.getFinished();
  }

  #hashOfCertificate(socket: TLSSocket): Uint8Array | undefined {
    const name = this.#hashName();
    return name === undefined ? undefined : createHash(name).update(certificateOf(socket)).digest();
  }

  #hashName(): string | undefined {
    this.#hash ??= { name: this.#open && endPointHash(certificateOf(this.#open)) };
    return this.#hash.name;
  }

  get #open(): TLSSocket | undefined {
    return this.#socket?.destroyed ? undefined : this.#socket;
  }
}

/**
 * Up to TLS 1.2 tls-exporter would need extended master secrets (RFC 9266 §4.2), and Node does not tell whether there are any;
 * in TLS 1.3 tls-unique is not defined (RFC 8446 §C.5).
 */
const OF_CONNECTION: Readonly<Record<string, ChannelBindingType>> = {
  'TLSv1.3': 'tls-exporter',
  'TLSv1.2': 'tls-unique',
};
