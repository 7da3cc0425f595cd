/** Namespace of the defined conditions of stanza errors (RFC 6120 §8.3.2). */
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** What the sender can do about a stanza error (RFC 6120 §8.3.2). */
export type StanzaErrorType =
  /** Try again with credentials. */
  | 'auth'
  /** Do not try again. */
  | 'cancel'
  /** Go on: this was a warning. */
  | 'continue'
  /** Try again with different data. */
  | 'modify'
  /** Try again later. */
  | 'wait';

interface ConditionFacts {
  /** The type that RFC 6120 §8.3.3 recommends; the first where it names several. */
  readonly type: StanzaErrorType;
  readonly meaning: string;
  readonly hint?: string;
}

/** Every condition of RFC 6120 §8.3.3. */
export const STANZA_CONDITIONS = {
  'bad-request': { type: 'modify', meaning: 'the request is malformed' },
  conflict: {
    type: 'cancel',
    meaning: 'a resource or session of that name exists',
    hint: 'Choose another name, or end the session that has it.',
  },
  'feature-not-implemented': {
    type: 'cancel',
    meaning: 'the recipient does not implement this',
    hint: 'Ask for its features with service discovery first.',
  },
  forbidden: {
    type: 'auth',
    meaning: 'the permission for this is missing',
    hint: 'Ask an owner or administrator for the permission.',
  },
  gone: {
    type: 'cancel',
    meaning: 'the recipient is at this address no more',
    hint: 'Use the new address if the error carries one.',
  },
  'internal-server-error': { type: 'cancel', meaning: 'the recipient or its server failed' },
  'item-not-found': {
    type: 'cancel',
    meaning: 'there is no such account or item',
    hint: 'Check the address, the node and the item for typing errors.',
  },
  'jid-malformed': {
    type: 'modify',
    meaning: 'an address in the stanza is no JID',
    hint: 'Check the address for typing errors.',
  },
  'not-acceptable': { type: 'modify', meaning: 'the recipient does not accept the content of the stanza' },
  'not-allowed': { type: 'cancel', meaning: 'nobody is allowed to do this' },
  'not-authorized': {
    type: 'auth',
    meaning: 'credentials are needed, or those given are wrong',
    hint: 'Give the password that the room or service asks for.',
  },
  'policy-violation': {
    type: 'modify',
    meaning: 'a rule of the service forbids this',
    hint: 'Send less, or smaller stanzas; the text may name the rule.',
  },
  'recipient-unavailable': {
    type: 'wait',
    meaning: 'the recipient is not online',
    hint: 'Try again when the recipient is online.',
  },
  redirect: {
    type: 'modify',
    meaning: 'requests for this address go to another one at present',
    hint: 'Ask at the address that the error carries.',
  },
  'registration-required': {
    type: 'auth',
    meaning: 'registration is required',
    hint: 'Register with the room or service first.',
  },
  'remote-server-not-found': {
    type: 'cancel',
    meaning: 'the server of that domain was not found',
    hint: 'Check the domain of the address for typing errors.',
  },
  'remote-server-timeout': {
    type: 'wait',
    meaning: 'the server of that domain could not be reached',
    hint: 'Try again later.',
  },
  'resource-constraint': {
    type: 'wait',
    meaning: 'the recipient or its server is too busy',
    hint: 'Try again later.',
  },
  'service-unavailable': {
    type: 'cancel',
    meaning: 'the recipient does not offer this, or does not exist, or is not online',
    hint: 'Check the address, and whether the recipient has this feature.',
  },
  'subscription-required': {
    type: 'auth',
    meaning: 'a presence subscription is required',
    hint: 'Subscribe to the presence of the recipient first.',
  },
  'undefined-condition': { type: 'cancel', meaning: 'something that no defined condition describes' },
  'unexpected-request': {
    type: 'wait',
    meaning: 'the request was not expected at this moment',
    hint: 'Another request has to come before it.',
  },
} as const satisfies Record<string, ConditionFacts>;

/** A defined condition of a stanza error (RFC 6120 §8.3.3). */
export type StanzaErrorCondition = keyof typeof STANZA_CONDITIONS;

/** What is known about a condition. */
export function factsOf(condition: StanzaErrorCondition): ConditionFacts {
  return STANZA_CONDITIONS[condition];
}

/** Whether RFC 6120 §8.3.3 defines this condition. */
export function isStanzaErrorCondition(name: string): name is StanzaErrorCondition {
  return Object.hasOwn(STANZA_CONDITIONS, name);
}

/** Whether this is one of the five types of RFC 6120 §8.3.2. */
export function isStanzaErrorType(name: string | undefined): name is StanzaErrorType {
  return name === 'auth' || name === 'cancel' || name === 'continue' || name === 'modify' || name === 'wait';
}
