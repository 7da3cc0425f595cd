import { SessionEndedError, TransportError } from '../errors/index.ts';

/** A stanza came too late. */
export function streamClosed(): SessionEndedError {
  return new SessionEndedError('The stream was closed before the stanza was written', { condition: 'lost' });
}

/** The peer went without closing the stream; the farewell is what it said nevertheless. */
export function connectionCut(farewell: string | undefined): TransportError {
  const said = farewell === undefined ? '' : `: ${farewell}`;
  return new TransportError(`The server ended the connection without closing the stream${said}`, {
    condition: 'connection-closed',
    hint: 'The server went down, or something between here and there cut the connection.',
  });
}

/** Somebody speaks where nobody may (RFC 6120 §5.4.3.3). */
export function injectedBytes(): TransportError {
  return new TransportError('Bytes came between the consent to TLS and its handshake', {
    condition: 'injected-bytes',
    hint: 'Somebody between here and the server may be injecting commands (RFC 6120 §5.4.3.3). Nothing was sent; try direct TLS.',
  });
}
