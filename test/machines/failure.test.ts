import { describe, expect, it } from 'vitest';
import { classifyFailure, type FailureClass } from '../../machines/index.ts';
import {
  OptionError,
  QueueFullError,
  RequestTimeoutError,
  SessionEndedError,
  type TransportCondition,
  TransportError,
} from '../../src/errors/index.ts';
import { type SaslCondition, SaslError } from '../../src/sasl/index.ts';
import { StanzaError, type StanzaErrorType } from '../../src/stanza/index.ts';
import { STREAM_CONDITIONS, StreamError } from '../../src/stream/index.ts';
import { XmlError } from '../../src/xml/index.ts';
import { STREAM_CLASSES } from '../support/stream-classes.ts';

const TRANSPORT: Readonly<Record<TransportCondition, FailureClass>> = {
  'host-not-found': 'retry-elsewhere',
  'service-unavailable': 'terminal',
  'discovery-failed': 'retry-elsewhere',
  'connection-refused': 'retry-elsewhere',
  'connection-reset': 'retry-elsewhere',
  'connection-dead': 'retry-elsewhere',
  'connection-closed': 'retry-elsewhere',
  'connection-failed': 'retry-elsewhere',
  'websocket-refused': 'retry-elsewhere',
  timeout: 'retry-elsewhere',
  'tls-unavailable': 'terminal',
  'tls-failed': 'retry-elsewhere',
  'certificate-expired': 'terminal',
  'certificate-not-yet-valid': 'terminal',
  'certificate-untrusted': 'terminal',
  'certificate-self-signed': 'terminal',
  'certificate-wrong-host': 'terminal',
  'certificate-invalid': 'terminal',
  'certificate-not-pinned': 'terminal',
  'client-certificate-refused': 'terminal',
  'injected-bytes': 'terminal',
  'store-failed': 'retry',
  'protocol-violation': 'retry-elsewhere',
  'internal-error': 'terminal',
};

const SASL: Readonly<Record<SaslCondition, FailureClass>> = {
  aborted: 'retry',
  'account-disabled': 'needs-credentials',
  'credentials-expired': 'needs-credentials',
  'encryption-required': 'terminal',
  'incorrect-encoding': 'terminal',
  'invalid-authzid': 'needs-credentials',
  'invalid-mechanism': 'terminal',
  'malformed-request': 'terminal',
  'mechanism-too-weak': 'terminal',
  'not-authorized': 'needs-credentials',
  'temporary-auth-failure': 'retry',
  'undefined-condition': 'terminal',
  'no-mechanism': 'terminal',
  downgrade: 'terminal',
  'missing-credentials': 'needs-credentials',
  'invalid-credentials': 'terminal',
  'malformed-challenge': 'terminal',
  'foreign-nonce': 'terminal',
  'weak-parameters': 'terminal',
  'excessive-parameters': 'terminal',
  'tasks-required': 'terminal',
  'server-not-authenticated': 'terminal',
  'out-of-order': 'terminal',
  'other-account': 'terminal',
  'crypto-unavailable': 'terminal',
};

describe('what a failure means for the connection', () => {
  it.each(entriesOf(TRANSPORT))('transport error %s: %s', (condition, expected) => {
    expect(classifyFailure(new TransportError('x', { condition }))).toBe(expected);
  });

  it.each(entriesOf(SASL))('SASL error %s: %s', (condition, expected) => {
    expect(classifyFailure(new SaslError('x', { condition }))).toBe(expected);
  });

  it.each(entriesOf(STREAM_CLASSES))('stream error %s: %s', (condition, expected) => {
    expect(classifyFailure(new StreamError(condition))).toBe(expected);
  });

  it('is not for good where our own limits were exceeded: a contact must not keep the client offline', () => {
    const cause = new XmlError('policy-violation', 'too long');
    expect(classifyFailure(new StreamError('policy-violation', { cause }))).toBe('retry');
  });

  it('is decided for every condition of RFC 6120 §4.9.3', () => {
    expect(Object.keys(STREAM_CLASSES)).toEqual(Object.keys(STREAM_CONDITIONS));
  });

  it.each(
    entriesOf<StanzaErrorType>({
      auth: 'terminal',
      cancel: 'terminal',
      continue: 'terminal',
      modify: 'terminal',
      wait: 'retry',
    }),
  )('stanza error of type %s: %s', (type, expected) => {
    expect(classifyFailure(new StanzaError('undefined-condition', { type }))).toBe(expected);
  });

  it('is terminal for errors that have nothing to do with a connection', () => {
    const errors = [
      new OptionError('x'),
      new QueueFullError('x'),
      new RequestTimeoutError('x'),
      new SessionEndedError('x', { condition: 'lost' }),
    ];
    expect(errors.map(classifyFailure)).toEqual(['terminal', 'terminal', 'terminal', 'terminal']);
  });

  it('does not depend on what a peer calls its condition', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      const xml = {
        name: 'error',
        namespace: 'http://etherx.jabber.org/streams',
        attributes: {},
        children: [{ name, namespace: 'urn:ietf:params:xml:ns:xmpp-streams', attributes: {}, children: [] }],
      };
      expect(classifyFailure(StreamError.fromElement(xml))).toBe('retry');
    }
  });
});

function entriesOf<Condition extends string>(
  table: Readonly<Record<Condition, FailureClass>>,
): [Condition, FailureClass][] {
  return Object.entries(table) as [Condition, FailureClass][];
}
