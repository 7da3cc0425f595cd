import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { negotiationSteps } from '../support/negotiation-steps.ts';
import { rejectionOf } from '../support/when.ts';
import { failuresIn } from './outcomes.ts';
import { BIND, CLIENT, meet, SASL, STREAM, secured } from './stage.ts';

/*
 * The order is TLS, SASL, binding (RFC 6120 §4.3). A server that skips a step, or somebody who speaks in its name before TLS, gets
 * nowhere.
 */

const stage = stageClients();

/** What the client waits for at the time, or may pass over. */
const WAITED_FOR: Readonly<Record<string, RegExp>> = {
  'linked.securing.handshaking': /./,
  'linked.securing.awaitingProceed': /^<proceed/,
  'linked.binding': /^<(?:message|iq)/,
  'linked.establishing.awaitingSession': /^<(?:message|iq)/,
};

describe.each(ROADS)('over %s, a server that', (road) => {
  it.each([
    ['sends a message', `<message ${CLIENT} from="romeo@montague.example"><body>Hark</body></message>`],
    ['asks something', `<iq ${CLIENT} type="get" id="q"><ping xmlns="urn:xmpp:ping"/></iq>`],
    [
      'binds a resource',
      `<iq ${CLIENT} type="result" id="q"><bind ${BIND}><jid>juliet@capulet.example/x</jid></bind></iq>`,
    ],
    ['consents to TLS', '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>'],
    ['calls a login a success', `<success ${SASL}/>`],
    [
      'calls a login a success, with a resource',
      '<success xmlns="urn:xmpp:sasl:2"><authorization-identifier>juliet@capulet.example/x</authorization-identifier><bound xmlns="urn:xmpp:bind:0"/></success>',
    ],
    ['manages the stream', '<enabled xmlns="urn:xmpp:sm:3" id="s" resume="true"/>'],
    ['resumes a session', '<resumed xmlns="urn:xmpp:sm:3" previd="s" h="0"/>'],
  ])('%s before its time is left at once, with nothing but a closing tag', async (_title, xml) => {
    const steps = negotiationSteps(road).filter(({ state }) => !WAITED_FOR[state]?.test(xml));
    const failures = await failuresIn(stage, road, steps, (peer) => peer.sends(xml));
    const outcomes = failures.map(({ title, code, state, said, heard }) => {
      // An error of the stream may be explained.
      const words = said.map((text) => text.replace(/<text .*<\/text>/, ''));
      return [title, code, state.replace(/\..*/, ''), words, heard];
    });
    expect(outcomes).toEqual(steps.map(({ title }) => [title, ...verdictOn(title, xml)]));
  });

  /** What the client makes of it: the code of its error, its state, what it says, and what the application hears. */
  function verdictOn(step: string, xml: string): readonly unknown[] {
    const end = road === 'WebSocket' ? '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>' : '</stream:stream>';
    if (step.endsWith('awaitingHeader')) {
      const declared = road === 'WebSocket' ? ' xmlns="http://etherx.jabber.org/streams"' : '';
      const name = road === 'WebSocket' ? 'error' : 'stream:error';
      const defined = '<invalid-namespace xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>';
      return ['stream/invalid-namespace', 'failed', [`<${name}${declared}>${defined}</${name}>`, end], []];
    }
    if (step.startsWith('linked.authenticating') && xml.startsWith('<success')) {
      return [
        xml.includes('sasl:2') ? 'sasl/malformed-challenge' : 'sasl/server-not-authenticated',
        'failed',
        [end],
        [],
      ];
    }
    return ['transport/protocol-violation', 'failed', [end], []];
  }

  it.each([
    ['resource binding', `<bind ${BIND}/>`],
    ['resource binding, and a managed stream', `<bind ${BIND}/><sm xmlns="urn:xmpp:sm:3"/>`],
    ['nothing', ''],
    ['mechanisms without a name', `<mechanisms ${SASL}><mechanism/><mechanism> </mechanism></mechanisms>`],
    [
      'mechanisms that are none of RFC 6120',
      '<mechanisms xmlns="jabber:client"><mechanism>PLAIN</mechanism></mechanisms>',
    ],
  ])('offers %s to somebody unknown is asked for nothing', async (_title, features) => {
    const { client, peer, sent } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await secured(peer, road).header().features(features);
    expect(await failure).toMatchObject({ code: 'sasl/no-mechanism', phase: 'linked.authenticating' });
    expect([stateOf(client), sent.filter((text) => /<(?:auth|iq|resume|enable|authenticate)/.test(text))]).toEqual([
      'failed.terminal',
      [],
    ]);
  });

  it('offers no resource to somebody known, but TLS and mechanisms again, is left', async () => {
    const { client, peer, sent } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    const again = `<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/><mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms>`;
    await secured(peer, road).authenticate().header().features(again);
    expect(await failure).toMatchObject({ phase: 'linked.restarting.awaitingFeatures' });
    expect(sent.filter((text) => text.startsWith('<auth '))).toHaveLength(1);
  });

  it('offers everything twice is left', async () => {
    const { client, peer } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    const offer = `<mechanisms ${SASL}><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`;
    const script = secured(peer, road).header().features(offer).receives(`<auth ${SASL}/>`);
    await script.sends(`<stream:features ${STREAM}>${offer}</stream:features>`);
    expect(await failure).toMatchObject({ code: 'transport/protocol-violation', phase: 'linked.authenticating' });
  });
});
