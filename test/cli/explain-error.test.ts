import { describe, expect, test } from 'vitest';
import { explainError } from '../../src/cli/explain-error.ts';
import {
  type EndpointAttempt,
  OptionError,
  QueueFullError,
  RequestTimeoutError,
  SessionEndedError,
  TransportError,
} from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StanzaError } from '../../src/stanza/index.ts';
import { StreamError } from '../../src/stream/index.ts';

const ENDPOINT = 'xmpp.example.org:5222 (STARTTLS)';

describe('an error is one line and an exit code', () => {
  test.each([
    [
      'refused credentials',
      new SaslError('The server refused the authentication with not-authorized', {
        condition: 'not-authorized',
        hint: 'Check the password.',
      }).locate('linked.authenticating', ENDPOINT),
      3,
      'xstate-xmpp: The server refused the authentication with not-authorized — in state linked.authenticating, at xmpp.example.org:5222 (STARTTLS). Check the password.',
    ],
    [
      'a certificate; the endpoint is not said twice',
      new TransportError(`The certificate of ${ENDPOINT} is refused: CERT_HAS_EXPIRED`, {
        condition: 'certificate-expired',
        hint: 'The operator must renew it.',
      }).locate('linked.securing.handshaking', ENDPOINT),
      4,
      'xstate-xmpp: The certificate of xmpp.example.org:5222 (STARTTLS) is refused: CERT_HAS_EXPIRED — in state linked.securing.handshaking. The operator must renew it.',
    ],
    [
      'the network',
      new TransportError('The server closed the stream.', { condition: 'connection-closed' }).locate(
        'linked.binding',
        ENDPOINT,
      ),
      5,
      'xstate-xmpp: The server closed the stream — in state linked.binding, at xmpp.example.org:5222 (STARTTLS)',
    ],
    [
      'a lost session is explained by why it was lost',
      new SessionEndedError('The session was lost', {
        condition: 'lost',
        cause: new TransportError('Gone', { condition: 'connection-reset' }),
      }),
      5,
      'xstate-xmpp: Gone',
    ],
    [
      'no answer',
      new RequestTimeoutError('The task took longer than 5 ms'),
      7,
      'xstate-xmpp: The task took longer than 5 ms. Give it more time with --timeout.',
    ],
    ['usage', new OptionError('Expected a port', { hint: 'Give one.' }), 2, 'xstate-xmpp: Expected a port. Give one.'],
    ['a session that ended', new SessionEndedError('Stopped', { condition: 'stopped' }), 5, 'xstate-xmpp: Stopped'],
    ['anything else that is known', new QueueFullError('Full'), 4, 'xstate-xmpp: Full'],
    ['an interruption', new DOMException('This operation was aborted', 'AbortError'), 130, 'xstate-xmpp: interrupted'],
  ])('%s', (_case, error, exitCode, text) => {
    expect(explainError(error)).toEqual({ text, exitCode });
  });

  test.each([
    [new StanzaError('item-not-found'), 6],
    [new StreamError('conflict'), 4],
    [new StreamError('system-shutdown'), 5],
    [jidError(), 2],
  ])('%s', (error, exitCode) => {
    const explanation = explainError(error);
    expect(explanation.exitCode).toBe(exitCode);
    expect(explanation.text).toMatch(/^xstate-xmpp: [^\n]+$/);
  });

  test('it ends with what each endpoint said, where several were tried', () => {
    const error = new TransportError('No answer from xmpp2.example.org:5223 (direct TLS) in time', {
      condition: 'timeout',
      hint: 'Check the firewall.',
    }).locate('linked.connecting', 'xmpp2.example.org:5223 (direct TLS)');
    error.attempts = [
      attempt(ENDPOINT, 'transport/connection-refused'),
      attempt('xmpp2.example.org:5223 (direct TLS)', 'transport/timeout'),
      attempt('host-meta of example.org', 'stream/system-shutdown'),
    ];
    expect(explainError(error).text).toBe(
      'xstate-xmpp: No answer from xmpp2.example.org:5223 (direct TLS) in time — in state linked.connecting. Check the firewall. Tried, in this order: xmpp.example.org:5222 (STARTTLS): connection-refused; xmpp2.example.org:5223 (direct TLS): timeout; host-meta of example.org: system-shutdown.',
    );
  });

  test('it lists eight of them at most, and none where there was only one', () => {
    const error = new TransportError('Gone', { condition: 'connection-reset' });
    error.attempts = [attempt('a:1 (STARTTLS)', 'transport/timeout')];
    expect(explainError(error).text).toBe('xstate-xmpp: Gone');
    error.attempts = Array.from({ length: 10 }, (_, index) => attempt(`a:${index}`, 'transport/timeout'));
    expect(explainError(error).text).toMatch(/^xstate-xmpp: Gone\. Tried, .*; a:7: timeout; and 2 more\.$/);
  });

  test('the text of a peer stays on the line, and commands nobody', () => {
    const error = new StreamError('undefined-condition', { text: '\u009b31m\u202eevil\u001b[2J\nforged line' });
    expect(explainError(error).text).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('a bug is reported with its stack', () => {
  test('an error that nobody expected', () => {
    const error = new TypeError('undefined is not a function');
    const { text, exitCode } = explainError(error);
    expect(exitCode).toBe(70);
    expect(text.split('\n').slice(0, 2)).toEqual([
      'xstate-xmpp: this is a bug, please report it, with what you did and these lines:',
      'TypeError: undefined is not a function',
    ]);
    expect(text).toContain('explain-error.test.ts');
  });

  test('an actor that failed, by the stack of its cause', () => {
    const cause = new RangeError('in an actor');
    const error = new TransportError('An actor failed', { condition: 'internal-error', cause });
    expect(explainError(error)).toEqual({ exitCode: 70, text: expect.stringContaining('RangeError: in an actor\n') });
  });

  test('something that is no error', () => {
    expect(explainError('nonsense').text.split('\n').at(-1)).toBe('nonsense');
  });
});

function attempt(endpoint: string, code: string): EndpointAttempt {
  return { endpoint, code, message: `What ${endpoint} said` };
}

function jidError(): unknown {
  try {
    return parseJid('@');
  } catch (error) {
    return error;
  }
}
