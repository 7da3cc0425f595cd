import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AskCredentials, CredentialsRequest } from '../../machines/index.ts';
import { type Credentials, SaslError, Sealed } from '../../src/sasl/index.ts';
import { refused, runExchange, succeeded, utf8, words } from './exchange-run.ts';
import { turn } from './recorder.ts';

describe('the exchange', () => {
  it('asks for credentials: for which mechanism, domain and account, and why again', async () => {
    const asked: CredentialsRequest[] = [];
    const reason = new SaslError('no', { condition: 'not-authorized' });
    await run(
      'PLAIN',
      (request) => {
        asked.push(request);
        return { password: 'x' };
      },
      reason,
    ).next();
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
    const { next } = run('PLAIN', async () => credentials);
    expect(words(await next())).toEqual(['exchange.started', message]);
  });

  it('verifies the server when it says that we are in', async () => {
    const { actor, next } = run('PLAIN', () => ({ password: 'pencil' }));
    await next();
    actor.send(succeeded());
    expect(await next()).toEqual({ type: 'exchange.verified', unsaved: undefined });
  });

  it('does not believe a success that proves nothing', async () => {
    const { actor, next } = run('SCRAM-SHA-1', () => ({ password: 'pencil' }));
    expect((await next()).type).toBe('exchange.started');
    actor.send(succeeded());
    expect(words(await next())).toEqual(['exchange.failed', 'sasl/server-not-authenticated']);
  });

  it('fails over a challenge that is none', async () => {
    const { actor, next } = run('SCRAM-SHA-1', () => ({ password: 'pencil' }));
    expect((await next()).type).toBe('exchange.started');
    actor.send({ type: 'sasl.challenged', payload: new Sealed(utf8('nonsense')) });
    expect(words(await next())).toEqual(['exchange.failed', 'sasl/malformed-challenge']);
  });

  it('hands on why the server refuses', async () => {
    const { actor, next } = run('PLAIN', () => ({ password: 'pencil' }));
    await next();
    const refusal = refused('account-disabled');
    actor.send(refusal);
    expect(await next()).toEqual({ type: 'exchange.refused', error: 'error' in refusal ? refusal.error : undefined });
  });

  it('hands it on also where nobody gave credentials yet', async () => {
    const { actor, next } = run('PLAIN', () => new Promise(() => {}));
    actor.send(refused('temporary-auth-failure'));
    expect(words(await next())).toEqual(['exchange.refused', 'sasl/temporary-auth-failure']);
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
    const { next } = run('PLAIN', credentials);
    const event = await next();
    expect(words(event)).toEqual(['exchange.failed', code]);
    const error = event.type === 'exchange.failed' ? event.error : undefined;
    expect(error?.message).toBe(message);
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain('pencil');
  });

  it('keeps the words of the application where it fails with an error of SASL', async () => {
    const error = new SaslError('The user pressed Escape', { condition: 'aborted' });
    const { next } = run('PLAIN', () => Promise.reject(error));
    expect(await next()).toEqual({ type: 'exchange.failed', error });
  });

  it('knows no mechanism that nobody implements', async () => {
    const { next } = run('OTP', () => ({ password: 'x' }));
    expect(words(await next())).toEqual(['exchange.failed', 'sasl/no-mechanism']);
  });

  it('tells the credentials function when it is too late, and reports nothing after that', async () => {
    const asked: AbortSignal[] = [];
    let answer: (credentials: Credentials) => void = () => {};
    const { stop, heard } = run('PLAIN', ({ signal }) => {
      asked.push(signal);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    stop();
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
    answer({ password: 'pencil' });
    await turn();
    expect(heard).toEqual([]);
  });
});

function run(mechanism: string, credentials: AskCredentials, reason?: SaslError) {
  return runExchange({ mechanism, options: { credentials }, reason });
}
