import { XmppError, type XmppErrorDetails } from './xmpp-error.ts';

/** What can go wrong below the stream. */
export type TransportCondition =
  /** Neither SRV nor address records lead to a server. */
  | 'host-not-found'
  /** The domain says that it offers no XMPP service (SRV target `.`, RFC 6120 §3.2.1). */
  | 'service-unavailable'
  | 'connection-refused'
  | 'connection-reset'
  /** The peer ended the connection without closing the stream. */
  | 'connection-closed'
  | 'connection-failed'
  /** Nothing came within the time that the state allows. */
  | 'timeout'
  /** The server offers no TLS, or refused it, and TLS is required. */
  | 'tls-unavailable'
  | 'tls-failed'
  | 'certificate-expired'
  | 'certificate-untrusted'
  | 'certificate-wrong-host'
  | 'certificate-invalid'
  /** Bytes came between `<proceed/>` and the TLS handshake: somebody injects them. */
  | 'injected-bytes'
  /** The server does not offer what the client needs, or sent something out of turn. */
  | 'protocol-violation'
  /** An actor of this library failed: a bug, please report it. */
  | 'internal-error';

/** The network, TLS or discovery failed; or the peer sent what no server may send at that point. */
export class TransportError extends XmppError {
  override readonly name = 'TransportError';
  override readonly level = 'transport';
  declare readonly condition: TransportCondition;

  constructor(message: string, details: XmppErrorDetails & { readonly condition: TransportCondition }) {
    super(message, details);
  }
}

/** Something of this library failed that must not fail. */
export function internalError(message: string, cause: unknown): TransportError {
  return new TransportError(message, {
    condition: 'internal-error',
    cause,
    hint: 'This is a bug in xstate-xmpp: please report it with the stack of `cause`.',
  });
}
