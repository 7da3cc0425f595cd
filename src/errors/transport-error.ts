import { XmppError, type XmppErrorDetails } from './xmpp-error.ts';

/** What can go wrong below the stream. */
export type TransportCondition =
  /** Neither SRV nor address records lead to a server. */
  | 'host-not-found'
  /** The domain says that it offers no XMPP service (SRV target `.`, RFC 6120 §3.2.1). */
  | 'service-unavailable'
  /** Host-meta documents (XEP-0156) are there, and cannot be used. */
  | 'discovery-failed'
  | 'connection-refused'
  | 'connection-reset'
  /** The peer ended the connection without closing the stream. */
  | 'connection-closed'
  | 'connection-failed'
  /** The peer answers no more, and nobody said that the connection ended. */
  | 'connection-dead'
  /** What answered opened no WebSocket: plain HTTP, or something else altogether. */
  | 'websocket-refused'
  /** Nothing came within the time that the state allows. */
  | 'timeout'
  /** The server offers no TLS, or refused it, and TLS is required. */
  | 'tls-unavailable'
  | 'tls-failed'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  /** No authority that this machine trusts signed it. */
  | 'certificate-untrusted'
  /** Nobody but its owner signed it. */
  | 'certificate-self-signed'
  | 'certificate-wrong-host'
  | 'certificate-invalid'
  /** It is valid, and none of those that the application wants to see. */
  | 'certificate-not-pinned'
  /** The server does not accept the certificate that the client showed, or wants one. */
  | 'client-certificate-refused'
  /** Bytes came between `<proceed/>` and the TLS handshake: somebody injects them. */
  | 'injected-bytes'
  /** A store of the application failed. */
  | 'store-failed'
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

/** What is loaded only where it is needed could not be loaded: a file of the page, as a rule. */
export function notLoaded(condition: TransportCondition, cause: unknown): TransportError {
  return new TransportError('A part of xstate-xmpp that is needed now could not be loaded', {
    condition,
    cause,
    hint: 'Check the network. If the files of the page were replaced since it was opened, open it again.',
  });
}

/** Something of this library failed that must not fail. */
export function internalError(message: string, cause: unknown): TransportError {
  return new TransportError(message, {
    condition: 'internal-error',
    cause,
    hint: 'This is a bug in xstate-xmpp: please report it with the stack of `cause`.',
  });
}

/** A store of the application failed. `message` holds no words of the store: they may be secret. */
export function storeError(message: string): TransportError {
  return new TransportError(message, {
    condition: 'store-failed',
    hint: 'Look at the functions given as `pins` and `tokens`.',
  });
}
