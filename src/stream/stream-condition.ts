/** Namespace of the defined conditions of stream errors (RFC 6120 §4.9.2). */
export const NS_STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

/** A condition without a hint has {@link NOT_UNDERSTOOD}. */
interface ConditionFacts {
  readonly meaning: string;
  readonly hint?: string;
}

/** For conditions that say no more than that one side does not understand the other. */
const NOT_UNDERSTOOD =
  'One side sends what the other cannot take for XMPP: check host and port; otherwise report it to the operator, with a log.';

/** Every condition of RFC 6120 §4.9.3. */
export const STREAM_CONDITIONS = {
  'bad-format': { meaning: 'the XML cannot be processed' },
  'bad-namespace-prefix': { meaning: 'a namespace prefix is missing or not supported' },
  conflict: {
    meaning: 'another session took the place of this one',
    hint: 'The account is in use elsewhere with the same resource: end that session, or choose another resource.',
  },
  'connection-timeout': {
    meaning: 'the stream was silent for too long',
    hint: 'Check the network; pings more often keep a stream alive.',
  },
  'host-gone': {
    meaning: 'the server no longer serves this domain',
    hint: 'Ask the operator of the domain where it is served now.',
  },
  'host-unknown': {
    meaning: 'the server does not serve this domain',
    hint: 'Check the domain of the JID and the host that was configured for it.',
  },
  'improper-addressing': { meaning: 'a stanza between servers lacks an address' },
  'internal-server-error': { meaning: 'the server failed', hint: 'Try again later.' },
  'invalid-from': {
    meaning: 'the server does not accept the sender address',
    hint: 'A client may send only from the JID that is bound to its stream.',
  },
  'invalid-namespace': { meaning: 'the namespace of the stream or of its content is not that of a client stream' },
  'invalid-xml': { meaning: 'the XML is invalid' },
  'not-authorized': {
    meaning: 'something was sent before the stream was authenticated, or is not permitted on it',
    hint: 'Check the credentials and what the account may do.',
  },
  'not-well-formed': { meaning: 'the XML is not well-formed' },
  'policy-violation': {
    meaning: 'a rule of the server was broken',
    hint: 'Send less, or smaller stanzas, or open fewer connections; the text may name the rule.',
  },
  'remote-connection-failed': {
    meaning: 'the server cannot reach another server that it needs',
    hint: 'Try again later.',
  },
  reset: {
    meaning: 'the server wants a new stream, maybe since its keys or features changed',
    hint: 'Connect again.',
  },
  'resource-constraint': { meaning: 'the server is too busy', hint: 'Try again later.' },
  'restricted-xml': { meaning: 'a comment, processing instruction, DTD or entity was sent, which XMPP forbids' },
  'see-other-host': {
    meaning: 'the server sends us to another host',
    hint: 'Connect to the host that the error names.',
  },
  'system-shutdown': { meaning: 'the server is being shut down', hint: 'Try again later.' },
  'undefined-condition': { meaning: 'something that no defined condition describes' },
  'unsupported-encoding': { meaning: 'the stream is not UTF-8' },
  'unsupported-feature': {
    meaning: 'a feature of the stream that is mandatory was not negotiated',
    hint: 'The server requires something that this client does not do: look at its stream features.',
  },
  'unsupported-stanza-type': { meaning: 'an element is no stanza that the stream knows' },
  'unsupported-version': {
    meaning: 'the version of XMPP is not supported',
    hint: 'The server speaks another version than XMPP 1.0: it may be very old, or no XMPP server.',
  },
} as const satisfies Record<string, ConditionFacts>;

/** A defined condition of a stream error (RFC 6120 §4.9.3). */
export type StreamErrorCondition = keyof typeof STREAM_CONDITIONS;

/** What is known about a condition. */
export function factsOf(condition: StreamErrorCondition): Required<ConditionFacts> {
  return { hint: NOT_UNDERSTOOD, ...STREAM_CONDITIONS[condition] };
}

/** Whether RFC 6120 §4.9.3 defines this condition. */
export function isStreamErrorCondition(name: string): name is StreamErrorCondition {
  return Object.hasOwn(STREAM_CONDITIONS, name);
}
