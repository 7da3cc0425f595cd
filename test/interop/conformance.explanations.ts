import type { Explanations } from './conformance.report.ts';

const LENIENT = 'The parser drops what the RFC forbids in a stream, and goes on as if nothing had come.';
const VERSION =
  'It does not look at the version, and asks for TLS. The RFC defines unsupported-version for this, without a keyword that demands it of a client.';
const TOO_HIGH =
  'Its log says that the number is too high; everything that was sent counts as acknowledged, and the stream goes on. The XEP recommends to end it.';

/** Of @xmpp/client 0.14.0, against RFC 6120 as far as docs/conformance/README.md says, and XEP-0198 1.6.3: what was seen on the wire, and parts of its code. */
export const XMPP_JS: Explanations = (() => {
  const closing =
    'The end of the stream is noted and its parser let go; the closing tag is not answered. The client waits for the server to end the connection.';
  return {
    'plain.opening header.inWrongNamespace': {
      whose: 'theirs',
      why: 'The namespace of the header is not looked at. The features, whose prefix stands for that namespace, are none to it, and it waits for others.',
    },
    'plain.opening header.ofOtherVersion': { whose: 'allowed', why: VERSION },
    'plain.opening stream.closed': { whose: 'theirs', why: closing },
    'secure.opening stream.closed': { whose: 'theirs', why: closing },
    'authenticated.binding stream.closed': { whose: 'theirs', why: closing },
    'online stream.closed': { whose: 'theirs', why: closing },
    'plain.securing tls.failed': {
      whose: 'theirs',
      why: 'The failure is reported as an error. The connection stays, in clear, and the closing tag of the server is not answered.',
    },
    'secure.opening auth.offeredUnknown': {
      whose: 'allowed',
      why: 'The error is reported, and whoever uses the library has to stop it. No specification says when a client has to leave.',
    },
    'secure.authenticating challenge.badBase64': {
      whose: 'allowed',
      why: 'The error is reported, and the exchange goes no further; it is not aborted by an element of its own. The RFC gives a client that element, and asks for it nowhere.',
    },
    'plain.opening xml.unbalanced': {
      whose: 'theirs',
      why: 'It says bad-format for whatever cannot be parsed, where the RFC would have it more specific.',
    },
    'online xml.unbalanced': { whose: 'theirs', why: 'bad-format, as before TLS.' },
    'online xml.comment': { whose: 'theirs', why: LENIENT },
    'online xml.instruction': { whose: 'theirs', why: LENIENT },
    'online xml.doctype': { whose: 'theirs', why: LENIENT },
    'authenticated.enabling sm.enabledAndAsked': {
      whose: 'theirs',
      why: 'The count is set to zero in a promise that settles behind `<enabled/>`: a stanza that came in the same piece is counted first, and then forgotten. The server takes it for lost.',
    },
    'managed sm.ackTooHigh': {
      whose: 'theirs',
      why: 'An error comes of the number, is reported, and the stream goes on. The XEP recommends to end it.',
    },
  };
})();

/** Of strophe.js 5.0.0 over a WebSocket: what was seen on the wire, and parts of its code. */
export const STROPHE_JS: Explanations = (() => {
  const error = 'The WebSocket is closed behind a stream error, without `<close/>` first.';
  const closing =
    'The message is compared with the text `<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />`, white space and all. The same element written otherwise is not known to it.';
  return {
    'secure.opening stream.error': { whose: 'theirs', why: error },
    'online stream.error': { whose: 'theirs', why: error },
    'online stream.unknownError': { whose: 'theirs', why: error },
    'secure.opening stream.closed': {
      whose: 'theirs',
      why: 'The WebSocket is closed, without `<close/>` first.',
    },
    'authenticated.binding stream.closed': { whose: 'theirs', why: closing },
    'online stream.closed': { whose: 'theirs', why: closing },
    'online iq.fromStranger': {
      whose: 'theirs',
      why: 'The error has no `to`: it goes to the server, and the stranger never hears of it.',
    },
    'online xml.comment': { whose: 'theirs', why: LENIENT },
    'online xml.instruction': { whose: 'theirs', why: LENIENT },
    'online xml.doctype': { whose: 'theirs', why: LENIENT },
    'online xml.unbalanced': {
      whose: 'theirs',
      why: 'The parser makes a document of an error out of it, in which nothing is a stanza. The stream goes on.',
    },
    'managed sm.ackTooHigh': { whose: 'theirs', why: TOO_HIGH },
  };
})();

/** Of slixmpp 1.8.3: what was seen on the wire, and parts of its code. */
export const SLIXMPP: Explanations = (() => {
  const closing =
    'At the end of the stream of the server the connection is aborted at once. Its own stream is not closed.';
  const unavailable =
    'The error is feature-not-implemented, with the text "No handlers registered for this request." The section names service-unavailable for a namespace that is not understood.';
  return {
    'authenticated.binding bind.refused': {
      whose: 'theirs',
      why: 'The answer to the request is not looked at: an error is taken for a result without an address, and the session for begun.',
    },
    'plain.opening header.inWrongNamespace': {
      whose: 'theirs',
      why: 'The namespace of the header is not looked at. The features, whose prefix stands for that namespace, are none to it, and it waits for others.',
    },
    'plain.opening header.ofOtherVersion': { whose: 'allowed', why: VERSION },
    'plain.opening stream.error': { whose: 'theirs', why: closing },
    'plain.opening stream.seeOtherHost': { whose: 'theirs', why: closing },
    'plain.opening stream.closed': { whose: 'theirs', why: closing },
    'secure.opening stream.error': { whose: 'theirs', why: closing },
    'secure.opening stream.closed': { whose: 'theirs', why: closing },
    'authenticated.binding stream.closed': { whose: 'theirs', why: closing },
    'online stream.error': { whose: 'theirs', why: closing },
    'online stream.unknownError': { whose: 'theirs', why: closing },
    'online stream.closed': { whose: 'theirs', why: closing },
    'secure.authenticating challenge.badBase64': {
      whose: 'allowed',
      why: 'The handler of the challenge fails, which is written to the log. The exchange goes no further, nor is it aborted; the RFC gives a client an element for that, and asks for it nowhere.',
    },
    'online iq.getUnknown': { whose: 'theirs', why: unavailable },
    'online iq.setUnknown': { whose: 'theirs', why: unavailable },
    'online iq.fromStranger': { whose: 'theirs', why: unavailable },
    'online xml.comment': { whose: 'theirs', why: LENIENT },
    'online xml.instruction': { whose: 'theirs', why: LENIENT },
    'managed sm.ackTooHigh': { whose: 'theirs', why: TOO_HIGH },
  };
})();
