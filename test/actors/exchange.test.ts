import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { ExchangeEvent } from '../../machines/contracts.ts';
import type { AskCredentials, CredentialsRequest } from '../../machines/index.ts';
import { exchangeLogic } from '../../src/actors/exchange.ts';
import { parseJid } from '../../src/jid/index.ts';
import { type Credentials, SaslError, Sealed } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { recorder, turn } from './recorder.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (payload: Sealed<Uint8Array> | undefined) => payload && new TextDecoder().decode(payload.reveal());

describe('the exchange', () => {
  it('asks for credentials: for which mechanism, domain and account, and why again', async () => {
    const asked: CredentialsRequest[] = [];
    const reason = new SaslError('no', { condition: 'not-authorized' });
    run({
      mechanism: 'PLAIN',
      reason,
      credentials: (request) => {
        asked.push(request);
        return { password: 'x' };
      },
    });
    await turn();
    expect(asked).toEqual([
      {
        mechanism: 'PLAIN',
        domain: 'example.org',
        account: 'juliet@example.org',
        reason,
        signal: expect.any(AbortSignal),
      },
    ]);
  });

  it.each<[string, Credentials, string]>([
    ['with the localpart of the account', { password: 'pencil' }, '\0juliet\0pencil'],
    ['with another username', { username: 'capulet', password: 'pencil' }, '\0capulet\0pencil'],
    ['on behalf of another', { password: 'pencil', authzid: 'nurse@example.org' }, 'nurse@example.org\0juliet\0pencil'],
  ])('logs in with PLAIN %s (RFC 4616)', async (_title, credentials, message) => {
    const { heard } = run({ mechanism: 'PLAIN', credentials: async () => credentials });
    await turn();
    expect(heard.map((event) => [event.type, 'payload' in event && text(event.payload)])).toEqual([
      ['exchange.started', message],
    ]);
  });

  it('verifies the server when it says that we are in', async () => {
    const { actor, heard } = run({ mechanism: 'PLAIN', credentials: () => ({ password: 'pencil' }) });
    await turn();
    actor.send({ type: 'sasl.succeeded', payload: undefined });
    expect(heard.at(-1)).toEqual({ type: 'exchange.verified' });
  });

  it('does not believe a success that proves nothing', async () => {
    const { actor, heard } = run({ mechanism: 'SCRAM-SHA-1', credentials: () => ({ password: 'pencil' }) });
    await turn();
    actor.send({ type: 'sasl.succeeded', payload: undefined });
    expect(heard.map(codeOf)).toEqual(['exchange.started', 'sasl/server-not-authenticated']);
  });

  it('fails over a challenge that is none', async () => {
    const { actor, heard } = run({ mechanism: 'SCRAM-SHA-1', credentials: () => ({ password: 'pencil' }) });
    await turn();
    actor.send({ type: 'sasl.challenged', payload: new Sealed(utf8('nonsense')) });
    await turn();
    expect(heard.map(codeOf)).toEqual(['exchange.started', 'sasl/malformed-challenge']);
  });

  it.each<[string, AskCredentials, string, string]>([
    [
      'throws',
      () => {
        throw new TypeError('pencil');
      },
      'sasl/missing-credentials',
      'The credentials function failed with TypeError',
    ],
    [
      'rejects',
      () => Promise.reject(new Error('pencil')),
      'sasl/missing-credentials',
      'The credentials function failed with Error',
    ],
    [
      'throws a string',
      () => {
        throw 'pencil';
      },
      'sasl/missing-credentials',
      'The credentials function failed with string',
    ],
    ['gives no password', () => ({}), 'sasl/missing-credentials', 'The password is missing'],
  ])('says nothing of what it knows where the credentials function %s', async (_title, credentials, code, message) => {
    const { heard } = run({ mechanism: 'PLAIN', credentials });
    await turn();
    expect(heard.map(codeOf)).toEqual([code]);
    const [event] = heard;
    const error = event?.type === 'exchange.failed' ? event.error : undefined;
    expect(error?.message).toBe(message);
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain('pencil');
  });

  it('keeps the words of the application where it fails with an error of SASL', async () => {
    const error = new SaslError('The user pressed Escape', { condition: 'aborted' });
    const { heard } = run({ mechanism: 'PLAIN', credentials: () => Promise.reject(error) });
    await turn();
    expect(heard).toEqual([{ type: 'exchange.failed', error }]);
  });

  it('knows no mechanism that nobody implements', async () => {
    const { heard } = run({ mechanism: 'OTP', credentials: () => ({ password: 'x' }) });
    await turn();
    expect(heard.map(codeOf)).toEqual(['sasl/no-mechanism']);
  });

  it('tells the credentials function when it is too late, and reports nothing after that', async () => {
    const asked: AbortSignal[] = [];
    let answer: (credentials: Credentials) => void = () => {};
    const { stop, heard } = run({
      mechanism: 'PLAIN',
      credentials({ signal }) {
        asked.push(signal);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    stop();
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
    answer({ password: 'pencil' });
    await turn();
    expect(heard).toEqual([]);
  });
});

interface Options {
  readonly mechanism: string;
  readonly credentials: AskCredentials;
  readonly reason?: SaslError;
}

function run({ mechanism, credentials, reason }: Options) {
  const parent = recorder<ExchangeEvent>();
  const account = parseJid('juliet@example.org/balcony');
  const actor = createActor(exchangeLogic(nodeScramCrypto), {
    input: { mechanism, offered: [mechanism], account, credentials, reason },
    parent: parent.actor,
    id: 'exchange',
  }).start();
  const stop = (): void => {
    Reflect.apply(Reflect.get(actor, '_stop'), actor, []);
  };
  return { actor, stop, heard: parent.heard };
}

function codeOf(event: ExchangeEvent): string {
  return event.type === 'exchange.failed' ? event.error.code : event.type;
}
