import { describe, expect, it, onTestFinished } from 'vitest';
import type { Client, Element } from '../../src/node.ts';
import { type ScriptedPeer, type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf, wayTo } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { ONLINE } from '../support/when.ts';
import { makeReturning, ROADS, type Road } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const OFFER = `<sm ${SM}/>`;
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';
const ENABLED = `<enabled ${SM} id="s1" resume="true"/>`;
const STREAMS = 'xmlns="urn:ietf:params:xml:ns:xmpp-streams"';
const R = `<r ${SM}/>`;

describe.each(ROADS)('over %s, a server that counts wrong', (road) => {
  it.each([
    ['more than there was', '3', 'undefined-condition', `<handled-count-too-high ${SM} h="3" send-count="1"/>`],
    ['nearly as much as can be', '4294967295', 'undefined-condition', ''],
    ['something that is no count', '4294967296', 'bad-format', ''],
    ['less than nothing', '-1', 'bad-format', ''],
    ['nothing', '', 'bad-format', ''],
  ])(
    '%s is told so, and its session is not asked for again (XEP-0198 §6)',
    async (_title, h, condition, application) => {
      const { client, server, peer } = await online(road);
      const delivery = client.send(messageWith('one'));
      const error = `<stream:error><${condition} ${STREAMS}/>${application}</stream:error>`;
      await peer.receives(messageXml('one')).sends(`<a ${SM} h="${h}"/>`).receives(error).receives('</stream:stream>');
      await loggedInAgain(client, server, road);
      expect(delivery).toMatchObject({ state: 'failed', error: { code: 'session/lost' } });
    },
  );

  it('less than before is told so', async () => {
    const { client, server, peer } = await online(road);
    for (const body of ['one', 'two']) client.send(messageWith(body));
    const story = peer.receives(messageXml('one')).receives(messageXml('two'));
    const error = `<stream:error><undefined-condition ${STREAMS}/></stream:error>`;
    await story.sends(`<a ${SM} h="2"/>`).sends(`<a ${SM} h="1"/>`).receives(error).receives('</stream:stream>');
    await loggedInAgain(client, server, road);
  });

  it('as it resumes a session, is told so, and gets none of it', async () => {
    const { client, server, peer } = await online(road);
    const delivery = client.send(messageWith('one'));
    const lost = nextEvent(client, 'reconnecting');
    await peer.receives(messageXml('one')).reset();
    await lost;
    const waiting = client.send(messageWith('two'));
    const error = `<stream:error><undefined-condition ${STREAMS}/><handled-count-too-high ${SM}/></stream:error>`;
    await asked(await server.connection(), road)
      .sends(`<resumed ${SM} previd="s1" h="2"/>`)
      .receives(error)
      .receives('</stream:stream>');
    const { script } = await loggedInAgain(client, server, road);
    await script.receives(messageXml('two'));
    expect([delivery.state, waiting.state]).toEqual(['failed', 'written']);
  });
});

describe.each(ROADS)('over %s, a server that answers what it was not asked', (road) => {
  it.each([
    ['that the stream is managed, again', ENABLED],
    ['that a session is resumed', `<resumed ${SM} previd="s1" h="0"/>`],
    ['that something failed', `<failed ${SM}/>`],
  ])('%s, is left, and its session is asked for on another connection', async (_title, xml) => {
    const { client, server, peer } = await online(road);
    const lost = nextEvent(client, 'reconnecting');
    await peer.sends(xml);
    expect((await lost).error).toMatchObject({ code: 'transport/protocol-violation' });
    // It goes without a closing tag, which would end the session.
    expect(await peer.closed()).toEqual([]);
    const again = nextEvent(client, 'online');
    await asked(await server.connection(), road).sends(`<resumed ${SM} previd="s1" h="0"/>`);
    expect((await again).resumed).toBe(true);
  });

  it('that another session is resumed than was asked for, does not get this one', async () => {
    const { client, server, peer } = await online(road);
    const delivery = client.send(messageWith('one'));
    await peer.receives(messageXml('one')).reset();
    const again = nextEvent(client, 'online');
    await asked(await server.connection(), road)
      .sends(`<resumed ${SM} previd="s2" h="1"/>`)
      .receives(`<iq type="set">${BIND}</iq>`)
      .sends(bindResult)
      .receives(`<enable ${SM}/>`)
      .sends(ENABLED);
    expect((await again).resumed).toBe(false);
    expect(delivery.state).toBe('failed');
  });

  it.each([
    ['that a session is resumed', `<resumed ${SM} previd="s1" h="0"/>`],
    ['what nobody understands', `<enabled ${SM} max="-1" id="" resume="maybe"/>`],
    ['that it cannot', `<failed ${SM}><internal-server-error xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`],
  ])('%s, has no session that could be asked for', async (_title, xml) => {
    const { client, server, peer } = await online(road, xml);
    client.send(messageWith('one'));
    await peer.receives(messageXml('one')).reset();
    await loggedInAgain(client, server, road);
  });
});

describe.each(ROADS)('over %s, a server that cannot wait', (road) => {
  it.each([
    ['no', `<failed ${SM}><unexpected-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`],
    ['yes', ENABLED],
  ])('says %s before a resource is bound, and gets a stream that is not managed (XEP-0198 §3)', async (_title, xml) => {
    const { client, server } = await begin(road);
    const dropped = nextEvent(client, 'stanza.dropped');
    const script = authenticated(await server.connection(), road).features(`${BIND}${OFFER}`);
    const request = await script.receives(`<iq type="set">${BIND}</iq>`);
    client.send(messageWith('one'));
    const conversation = script.sends(xml).sends(bindResult(request)).receives(`<enable ${SM}/>`);
    await conversation.receives(messageXml('one')).sends(R);
    expect((await dropped).reason).toBe('unknown-kind');
    await conversation.reset();
    await loggedInAgain(client, server, road);
  });
});

describe.each(ROADS)('over %s, a server that asks without end', (road) => {
  it('is answered, and costs nobody the session', async () => {
    const { client, peer } = await online(road);
    const many = 5000;
    if (road === 'WebSocket') for (let index = 0; index < many; index += 1) peer.sends(R);
    else peer.sends(R.repeat(many));
    // One answer may be for many questions, where the connection takes no more for the moment.
    await peer
      .receives(`<a ${SM} h="0"/>`)
      .sends('<message xmlns="jabber:client"/>')
      .sends(R)
      .awaits(`<a ${SM} h="1"/>`);
    expect(stateOf(client)).toBe(ONLINE);
  });

  it('whether a stanza came before its time, is told the truth', async () => {
    const { client, server, peer } = await online(road);
    await peer.sends('<message xmlns="jabber:client"/>').sends(R).receives(`<a ${SM} h="1"/>`).reset();
    await asked(await server.connection(), road, 1)
      .sends(`<resumed ${SM} previd="s1" h="0"/>`)
      .sends('<presence xmlns="jabber:client"/>')
      .sends('<note xmlns="urn:example:note"/>')
      .sends(R)
      .receives(`<a ${SM} h="2"/>`);
    expect(stateOf(client)).toBe(ONLINE);
  });
});

/** A client that comes back, and the server that it begins to connect to. */
async function begin(road: Road) {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: road !== 'memory', websocket: true });
  onTestFinished(() => server.stop());
  const way = road === 'WebSocket' ? { websocket: server.websocketUrl, tls: { ca: server.ca } } : wayTo(server, road);
  const client = makeReturning(stage, { jid: 'juliet@capulet.example/balcony', ...way });
  client.start();
  return { client, server };
}

/** In an object, because a script is a promise, and one that is returned would be awaited. */
async function online(road: Road, enabled = ENABLED) {
  const { client, server } = await begin(road);
  const peer = await server.connection();
  await Promise.all([client.online(), bound(authenticated(peer, road), enabled)]);
  return { client, server, peer };
}

/** The client logs in once more, and begins a session without asking for the last one. */
async function loggedInAgain(client: Client, server: ScriptedServer, road: Road) {
  const again = nextEvent(client, 'online');
  const script = await server.connection();
  await bound(authenticated(script, road), ENABLED);
  expect((await again).resumed).toBe(false);
  return { script };
}

function authenticated(peer: ScriptedPeer, road: Road) {
  return (road === 'STARTTLS' ? peer.startTls() : peer).authenticate('PLAIN').header();
}

/** A resource is bound, and the stream managed or not. */
async function bound(script: ReturnType<typeof authenticated>, enabled: string): Promise<void> {
  const offered = script.features(`${BIND}${OFFER}`);
  const request = await offered.receives(`<iq type="set">${BIND}</iq>`);
  await offered.sends(bindResult(request)).receives(`<enable ${SM} resume="true"/>`).sends(enabled);
}

/** The client asks for its session once more, of which it has so many stanzas. */
function asked(peer: ScriptedPeer, road: Road, h = 0) {
  return authenticated(peer, road).features(`${BIND}${OFFER}`).receives(`<resume ${SM} previd="s1" h="${h}"/>`);
}

function bindResult({ attributes: { id } }: Element): string {
  const jid = '<jid>juliet@capulet.example/balcony</jid>';
  return `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">${jid}</bind></iq>`;
}
