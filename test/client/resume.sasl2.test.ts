import { describe, expect, it, onTestFinished } from 'vitest';
import type { CreateClientOptions } from '../../src/node.ts';
import { type Sasl2StepOptions, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { makeReturning } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const ENABLED = `<enabled ${SM} id="s1" resume="true"/>`;
const OFFER: Sasl2StepOptions = { mechanism: 'PLAIN', inline: { sm: true }, features: `<sm ${SM}/>` };

describe('with SASL2, a server that binds a resource', () => {
  it.each([
    ['and says that it resumed the session', `<resumed ${SM} previd="s1" h="1"/>`],
    ['and says that it resumed another', `<resumed ${SM} previd="s2" h="1"/>`],
    ['and says nothing about the session', ''],
    ['and says something about it that nobody understands', `<resumed ${SM} previd="s1"/>`],
  ])('%s, began another: one or the other (XEP-0198 §9.2)', async (_title, success) => {
    const { client, server, peer } = await online();
    const delivery = client.send(messageWith('one'));
    await peer.receives(messageXml('one')).reset();
    const again = nextEvent(client, 'online');
    const script = (await server.connection()).sasl2({ ...OFFER, success });
    await script.receives(`<enable ${SM}/>`).sends(`<enabled ${SM}/>`);
    expect((await again).resumed).toBe(false);
    expect(delivery).toMatchObject({ state: 'failed', error: { code: 'session/lost' } });
    const after = client.send(messageWith('two'));
    await script.receives(messageXml('two')).sends(`<r ${SM}/>`).receives(`<a ${SM} h="0"/>`);
    expect(after.state).toBe('written');
  });

  it('and says that it resumed a session before there was one, begins one', async () => {
    const { client } = await online(`<resumed ${SM} previd="s1" h="0"/>`);
    expect(client.jid.resourcepart).toMatch(/./);
  });
});

describe('with SASL2, a server that manages a stream', () => {
  it('that nobody wants managed has it for itself: nothing is counted or answered', async () => {
    const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => server.stop());
    const client = makeReturning(stage, { memory: server.connect, streamManagement: false });
    const dropped = nextEvent(client, 'stanza.dropped');
    client.start();
    const script = (await server.connection()).header().features(AUTHENTICATION);
    await script.receives('<authenticate xmlns="urn:xmpp:sasl:2"/>');
    const bound = `<bound xmlns="urn:xmpp:bind:0">${ENABLED}</bound>`;
    const managed = script.sends(success(bound)).features('').sends(`<r ${SM}/>`);
    expect((await dropped).reason).toBe('unknown-kind');
    const delivery = client.send(messageWith('one'));
    await managed.receives(messageXml('one')).reset();
    const again = nextEvent(client, 'online');
    await (await server.connection()).sasl2({ ...OFFER, features: '' });
    expect([(await again).resumed, delivery.state]).toEqual([false, 'written']);
  });
});

describe('with SASL2, a server that resumes a session', () => {
  it('and counts wrong is told so, and its session is not asked for again (XEP-0198 §6)', async () => {
    const { client, server, peer } = await online();
    const delivery = client.send(messageWith('one'));
    await peer.receives(messageXml('one')).reset();
    const login = resumes(await server.connection(), 7);
    await login.receives(
      '<stream:error><undefined-condition xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
    );
    const again = nextEvent(client, 'online');
    const script = (await server.connection()).header().features(AUTHENTICATION);
    const request = await script.receives('<authenticate xmlns="urn:xmpp:sasl:2"/>');
    expect(JSON.stringify(request)).not.toContain('"resume"');
    await script.sends(success('', '<bound xmlns="urn:xmpp:bind:0"/>')).features('');
    expect((await again).resumed).toBe(false);
    expect(delivery.state).toBe('failed');
  });

  it('and sends stanzas in the same breath is not answered before they count', async () => {
    const { client, server, peer } = await online();
    await peer.reset();
    const again = nextEvent(client, 'online');
    const login = resumes(
      await server.connection(),
      0,
      `<presence/><note xmlns="urn:example:note"/><presence/><r ${SM}/>`,
    );
    await login.receives(`<a ${SM} h="2"/>`);
    expect((await again).resumed).toBe(true);
  });

  it('goes on with it though a store of the application did not keep the token that came along, and says so', async () => {
    const full = { get: () => undefined, set: () => Promise.reject(new Error('The disk is full')), delete: () => {} };
    const { client, server, peer } = await online('', { tokens: full });
    const heard: string[] = [];
    client.on('error', ({ error }) => heard.push(`${error.code}: ${error.message}`));
    client.on('online', ({ resumed }) => heard.push(`online, resumed: ${resumed}`));
    await peer.reset();
    const again = nextEvent(client, 'online');
    await (await server.connection())
      .header()
      .features(withTokens(AUTHENTICATION))
      .receives(`<authenticate ${SASL2}>${TOKEN_REQUEST}<resume ${SM} previd="s1" h="0"/></authenticate>`)
      .sends(success(TOKEN, `<resumed ${SM} previd="s1" h="0"/>`));
    await again;
    expect(heard).toEqual([
      'transport/store-failed: The store of the application could not be written: Error',
      'online, resumed: true',
    ]);
  });
});

const SASL2 = 'xmlns="urn:xmpp:sasl:2"';
const FAST = 'xmlns="urn:xmpp:fast:0"';
const TOKEN_REQUEST = `<request-token ${FAST} mechanism="HT-SHA-256-NONE"/>`;
const TOKEN = `<token ${FAST} token="secret-token"/>`;

const AUTHENTICATION =
  '<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism><inline><sm xmlns="urn:xmpp:sm:3"/><bind xmlns="urn:xmpp:bind:0"/></inline></authentication>';

function withTokens(authentication: string): string {
  const fast = `<fast ${FAST}><mechanism>HT-SHA-256-NONE</mechanism></fast>`;
  return authentication.replace('</inline>', `${fast}</inline>`);
}

async function online(unasked = '', options: Partial<CreateClientOptions> = {}) {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = makeReturning(stage, { memory: server.connect, ...options });
  client.start();
  const peer = (await server.connection()).sasl2({ ...OFFER, success: unasked });
  const conversation = peer.receives(`<enable ${SM} resume="true"/>`).sends(ENABLED);
  await Promise.all([conversation, client.online()]);
  return { client, server, peer };
}

/** The client asks for its session along with the login, and gets it. */
function resumes(
  peer: Awaited<ReturnType<Awaited<ReturnType<typeof startScriptedServer>>['connection']>>,
  h: number,
  more = '',
) {
  return peer
    .header()
    .features(AUTHENTICATION)
    .receives(`<authenticate xmlns="urn:xmpp:sasl:2"><resume ${SM} previd="s1" h="0"/></authenticate>`)
    .sends(`${success(`<resumed ${SM} previd="s1" h="${h}"/>`)}${more}`);
}

function success(...inline: readonly string[]): string {
  const identifier = '<authorization-identifier>juliet@capulet.example/balcony</authorization-identifier>';
  return `<success xmlns="urn:xmpp:sasl:2">${identifier}${inline.join('')}</success>`;
}
