import { describe, expect, it } from 'vitest';
import type { AuthenticateOptions, ScriptedPeer } from '../../src/testing/index.ts';
import { ROADS, type Road } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';
import { lose } from './managed.ts';
import { codeOf } from './outcomes.ts';
import { type Meeting, meet, SASL, secured } from './stage.ts';

/*
 * Somebody who makes the offer poorer, so that a login shows more than it has to (RFC 5802 §9, XEP-0440, XEP-0474).
 */

const stage = stageClients();

/** Where there is a TLS connection that a login can be bound to. */
const BINDABLE: readonly Road[] = ['STARTTLS', 'direct TLS'];

describe.each(ROADS)('over %s, a client', (road) => {
  it.each([
    ['the strongest hash', ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-512', 'SCRAM-SHA-256'], 'SCRAM-SHA-512'],
    ['a proof before the password', ['PLAIN', 'SCRAM-SHA-1'], 'SCRAM-SHA-1'],
    ['nothing that it does not know', ['SCRAM-SHA-9999', 'scram-sha-512', 'X-PLAIN', 'SCRAM-SHA-1'], 'SCRAM-SHA-1'],
  ] as const)('takes %s, in whatever order things are offered', async (_title, mechanisms, mechanism) => {
    const { client, peer, sent } = await meet(stage, road);
    await Promise.all([client.online(), peer.login({ mechanisms, mechanism })]);
    expect(sent.filter((text) => text.startsWith('<auth '))).toEqual([
      expect.stringContaining(`mechanism="${mechanism}"`),
    ]);
  });

  it.each([
    ['PLAIN', ['PLAIN']],
    ['a weaker hash', ['SCRAM-SHA-1', 'PLAIN']],
    ['nothing', []],
    ['what nobody knows', ['SCRAM-SHA-9999', 'X-OAUTH2']],
  ])('that logged in with a proof offers it again, where it is offered %s the next time', async (title, mechanisms) => {
    const meeting = await meet(stage, road, { returns: true });
    const { client, server, peer, sent } = meeting;
    await Promise.all([client.online(), peer.login({ mechanism: 'SCRAM-SHA-256' })]);
    await lose(client, peer);
    const failed = nextEvent(client, 'failed');
    const before = sent.length;
    await offer(await server.connection(), road, mechanisms);
    const isPoorer = title !== 'nothing' && title !== 'what nobody knows';
    expect((await failed).error.code).toBe(isPoorer ? 'sasl/downgrade' : 'sasl/no-mechanism');
    expect([stateOf(client), sent.slice(before).filter((text) => text.startsWith('<auth '))]).toEqual([
      'failed.terminal',
      [],
    ]);
  });

  it('remembers across processes what it logged in with, where the application keeps it', async () => {
    const pins = new Map<string, string>();
    const first = await meet(stage, road, { pins });
    await Promise.all([first.client.online(), first.peer.login({ mechanism: 'SCRAM-SHA-256' })]);
    expect([...pins]).toEqual([['juliet@capulet.example', 'SCRAM-SHA-256']]);
    const second = await meet(stage, road, { pins });
    await offer(second.peer, road, ['SCRAM-SHA-1']);
    expect(await verdict(second)).toEqual(['sasl/downgrade', 'failed.terminal', []]);
    expect([...pins]).toEqual([['juliet@capulet.example', 'SCRAM-SHA-256']]);
  });

  it.each<[title: string, options: AuthenticateOptions]>([
    [
      'a mechanism was taken away',
      { mechanism: 'SCRAM-SHA-256', confirmedOffer: { mechanisms: ['SCRAM-SHA-512', 'SCRAM-SHA-256'] } },
    ],
    [
      'a mechanism was put in',
      {
        mechanisms: ['SCRAM-SHA-256', 'PLAIN'],
        mechanism: 'SCRAM-SHA-256',
        confirmedOffer: { mechanisms: ['SCRAM-SHA-256'] },
      },
    ],
    [
      'a type of channel binding was taken away',
      {
        mechanism: 'SCRAM-SHA-256',
        confirmedOffer: { mechanisms: ['SCRAM-SHA-256'], channelBindings: ['tls-exporter'] },
      },
    ],
  ])('hears from the server itself, before it proves anything, that %s (XEP-0474)', async (_title, options) => {
    const meeting = await meet(stage, road);
    login(meeting.peer, road, options).catch(() => {});
    expect(await verdict(meeting)).toEqual(['sasl/downgrade', 'failed.terminal', []]);
  });

  it('looks at no more mechanisms than any server has', async () => {
    const meeting = await meet(stage, road);
    const many = Array.from({ length: 5_000 }, (_, index) => `X-${index}`);
    await offer(meeting.peer, road, [...many, 'PLAIN']);
    expect(await verdict(meeting)).toEqual(['sasl/no-mechanism', 'failed.terminal', []]);
  });
});

describe.each(BINDABLE)('over %s, where logins can be bound to TLS, a client', (road) => {
  it('that bound its login binds the next one, or does not log in', async () => {
    const pins = new Map<string, string>();
    const first = await meet(stage, road, { pins });
    await Promise.all([
      first.client.online(),
      first.peer.login({ mechanism: 'SCRAM-SHA-1-PLUS', channelBindings: ['tls-exporter'] }),
    ]);
    const second = await meet(stage, road, { pins });
    await offer(second.peer, road, ['SCRAM-SHA-512', 'SCRAM-SHA-256']);
    expect(await verdict(second)).toEqual(['sasl/downgrade', 'failed.terminal', []]);
  });

  it('notices that somebody left the list of bindings, and took the mechanisms (XEP-0440 §3)', async () => {
    const meeting = await meet(stage, road);
    login(meeting.peer, road, { mechanism: 'SCRAM-SHA-256', channelBindings: ['tls-exporter'] }).catch(() => {});
    expect(await verdict(meeting)).toEqual(['sasl/downgrade', 'failed.terminal', []]);
  });

  it('notices that somebody left the mechanisms, and put other bindings into the list', async () => {
    const meeting = await meet(stage, road);
    const options = {
      mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN'],
      mechanism: 'SCRAM-SHA-256',
    } as const;
    login(meeting.peer, road, { ...options, channelBindings: ['tls-nonsense'] }).catch(() => {});
    expect(await verdict(meeting)).toEqual(['sasl/downgrade', 'failed.terminal', []]);
  });
});

async function offer(peer: ScriptedPeer, road: Road, mechanisms: readonly string[]): Promise<void> {
  const names = mechanisms.map((name) => `<mechanism>${name}</mechanism>`);
  const script = secured(peer, road);
  await script.header().features(`<mechanisms ${SASL}>${names.join('')}</mechanisms>`);
}

async function login(peer: ScriptedPeer, road: Road, options: AuthenticateOptions): Promise<unknown> {
  return secured(peer, road).authenticate(options);
}

/** The error, the state, and what the client said that proves or shows a password. */
async function verdict({ client, sent }: Meeting): Promise<unknown[]> {
  const error = await rejectionOf(client.online());
  const shown = sent.filter((text) => /^<(?:response|auth [^>]*"PLAIN")/.test(text));
  return [codeOf(error), stateOf(client), shown];
}
