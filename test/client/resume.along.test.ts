import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_TIMEOUTS } from '../../src/node.ts';
import { type Sasl2StepOptions, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { makeReturning } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const SASL2 = 'xmlns="urn:xmpp:sasl:2"';
const BIND2 = '<bind xmlns="urn:xmpp:bind:0"/>';
const OVERLOADED =
  '<stream:error><resource-constraint xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>';

function authentication(mechanism: string): string {
  return `<authentication ${SASL2}><mechanism>${mechanism}</mechanism><inline><sm ${SM}/>${BIND2}</inline></authentication>`;
}

async function lost(mechanism: 'PLAIN' | 'SCRAM-SHA-256') {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = makeReturning(stage, { memory: server.connect });
  client.start();
  const offer: Sasl2StepOptions = { mechanism, inline: { sm: true }, features: `<sm ${SM}/>` };
  const script = (await server.connection()).sasl2(offer);
  await script.receives(`<enable ${SM}/>`).sends(`<enabled ${SM} id="s1" resume="true"/>`);
  await client.online();
  await script.reset();
  return { server, client };
}

describe('a login with SASL2 that asks for the lost session along (XEP-0198 §9.2)', () => {
  it('is left without a closing tag where the server does not answer in time: it may have resumed it', async () => {
    const { server, client } = await lost('PLAIN');
    const silent = await server.connection();
    await silent
      .header()
      .features(authentication('PLAIN'))
      .receives(`<authenticate ${SASL2} mechanism="PLAIN"><resume ${SM} previd="s1" h="0"/></authenticate>`);
    expect(stateOf(client)).toBe('linked.loggingIn.exchanging');
    stage.clock.increment(DEFAULT_TIMEOUTS.authenticate);
    // A closing tag would end the session that the server may have taken up meanwhile (XEP-0198 §7).
    // Neither would a server that has resumed it know what to do with an <abort/>.
    expect(await silent.closed()).toEqual([]);
  });

  it('leaves the session alone where the stream fails before anybody is authenticated', async () => {
    const { server, client } = await lost('SCRAM-SHA-256');
    const refused = (await server.connection()).header().features(authentication('SCRAM-SHA-256'));
    // The first message of SCRAM proves nothing: no server may resume anything for it (XEP-0388 §2.6.2).
    await refused.receives(`<authenticate ${SASL2}><resume ${SM} previd="s1"/></authenticate>`).sends(OVERLOADED);
    const again = (await server.connection()).header().features(authentication('SCRAM-SHA-256'));
    await again.receives(`<authenticate ${SASL2}><resume ${SM} previd="s1" h="0"/></authenticate>`);
    expect(client.jid.resourcepart).toBeDefined();
  });
});

describe('a login with a token in the first flight, which asks for the lost session along', () => {
  it('leaves the session alone where the server refuses the stream itself', async () => {
    const server = await startScriptedServer({ domain: 'capulet.example', websocket: false });
    onTestFinished(() => server.stop());
    const tokens = new Map();
    const client = makeReturning(stage, {
      host: '127.0.0.1',
      port: server.tlsPort,
      directTls: true,
      tls: { ca: server.ca },
      tokens,
      pipelining: 'always',
    });
    client.start();
    const NONE = 'HT-SHA-256-NONE';
    const fast = { sm: true, fast: [NONE] };
    const first = (await server.connection()).sasl2({
      mechanism: 'PLAIN',
      inline: fast,
      features: `<sm ${SM}/>`,
      success: '<token xmlns="urn:xmpp:fast:0" token="secret" expiry="2099-01-01T00:00:00Z"/>',
    });
    await first.receives(`<enable ${SM}/>`).sends(`<enabled ${SM} id="s1" resume="true"/>`);
    await client.online();
    expect(tokens.size).toBe(1);
    await first.reset();
    const early = (await server.connection()).header();
    await early.receives(`<authenticate ${SASL2} mechanism="${NONE}"><resume ${SM} previd="s1"/></authenticate>`);
    const lostAgain = nextEvent(client, 'reconnecting');
    await early.sends(OVERLOADED);
    await lostAgain;
    const again = (await server.connection()).header();
    await again.receives(`<authenticate ${SASL2} mechanism="${NONE}"><resume ${SM} previd="s1" h="0"/></authenticate>`);
  });
});
