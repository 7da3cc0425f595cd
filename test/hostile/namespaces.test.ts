import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { rejectionOf } from '../support/when.ts';
import { outcomesIn, outcomesOf, type Row } from './outcomes.ts';
import { meet, meetOnline, SASL, secured } from './stage.ts';

/*
 * A name is a namespace and a local name; prefixes mean nothing (Namespaces in XML 1.0 §4).
 */

const stage = stageClients();
const ROMEO = 'romeo@montague.example/orchard';
const FROM = `from="${ROMEO}"`;
const REFUSED = `→ <iq type="error" id="q" to="${ROMEO}"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`;
const request = (payload: string): string => `<iq xmlns="jabber:client" type="get" id="q" ${FROM}>${payload}</iq>`;

const NAMES: readonly Row[] = [
  [
    'a stanza with a prefix is one',
    `<x:message xmlns:x="jabber:client" ${FROM}><x:body>Hark</x:body></x:message>`,
    `normal from ${ROMEO}: Hark`,
  ],
  [
    'a prefix means what the nearest declaration says',
    `<x:message xmlns:x="jabber:client" ${FROM}><x:body xmlns:x="urn:example:x">Hark</x:body></x:message>`,
    `normal from ${ROMEO}: undefined`,
  ],
  [
    'a declaration counts for the element that it stands in, wherever',
    `<x:message ${FROM} xmlns:x="jabber:client"><body xmlns="jabber:client">Hark</body></x:message>`,
    `normal from ${ROMEO}: Hark`,
  ],
  [
    'a declaration ends with its element',
    `<message xmlns="jabber:client" ${FROM}><a xmlns="urn:example:x"><b/></a><body>Hark</body></message>`,
    `normal from ${ROMEO}: Hark`,
  ],
  ['without a namespace it is none', `<message xmlns="" ${FROM}/>`, 'dropped message: unknown-kind'],
  [
    'a space in the namespace is another one',
    `<message xmlns="jabber:client " ${FROM}/>`,
    'dropped message: unknown-kind',
  ],
  ['the case of the namespace counts', `<message xmlns="Jabber:client" ${FROM}/>`, 'dropped message: unknown-kind'],
  [
    'an attribute with a prefix is another one',
    `<message xmlns="jabber:client" xmlns:x="jabber:client" ${FROM} x:from="nurse@capulet.example" x:type="error"/>`,
    `normal from ${ROMEO}: undefined`,
  ],
  [
    'a body of another namespace is another one',
    `<message xmlns="jabber:client" ${FROM}><body xmlns="http://www.w3.org/1999/xhtml">Hark</body></message>`,
    `normal from ${ROMEO}: undefined`,
  ],
  ['a name in the namespace counts for nothing', request('<ping xmlns="urn:xmpp:ping}ping"/>'), REFUSED],
  ['nor does a brace', request('<ping xmlns="{urn:xmpp:ping"/>'), REFUSED],
  ['nor does half of a namespace in the name', request('<ping.ping xmlns="urn:xmpp:ping"/>'), REFUSED],
  ['nor does a prefix that is called as the namespace', request('<ping:ping xmlns:ping="urn:example:x"/>'), REFUSED],
  [
    'a payload with a prefix is what its namespace says',
    request('<x:ping xmlns:x="urn:xmpp:ping"/>'),
    `→ <iq type="result" id="q" to="${ROMEO}"/>`,
  ],
  [
    'a copy with prefixes is one',
    `<message xmlns="jabber:client" ${FROM}><x:received xmlns:x="urn:xmpp:carbons:2"/></message>`,
    'dropped message: foreign-carbon',
  ],
  [
    'a stream error by its name alone is none',
    '<error xmlns="jabber:client"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></error>',
    'dropped error: unknown-kind',
  ],
  ['an acknowledgement by its name alone is none', '<a xmlns="urn:xmpp:sm:2" h="7"/>', 'dropped a: unknown-kind'],
];

describe.each(ROADS)('over %s, what is sent counts by its namespace', (road) => {
  it('in a session', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, NAMES)).toEqual(outcomesIn(NAMES));
  });

  it.each([
    [
      'features',
      '<features xmlns="jabber:client"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></features>',
    ],
    ['features of another prefix', '<stream:features xmlns:stream="urn:example:x"/>'],
    ['consent to TLS', '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'],
  ])('what only looks like %s leads nowhere', async (_title, xml) => {
    const { client, peer, sent } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await secured(peer, road).header().sends(xml);
    expect(await failure).toMatchObject({ code: 'transport/protocol-violation' });
    expect([stateOf(client), sent.filter((text) => text.startsWith('<auth'))]).toEqual(['failed.gaveUp', []]);
  });

  it('mechanisms are those of the namespace of SASL, and nothing else', async () => {
    const { client, peer, sent } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    const outside = '<mechanisms xmlns="urn:example:x"><mechanism>PLAIN</mechanism></mechanisms>';
    const inside = `<mechanisms ${SASL}><mechanism xmlns="urn:example:x">PLAIN</mechanism></mechanisms>`;
    await secured(peer, road)
      .header()
      .features(outside + inside);
    expect(await failure).toMatchObject({ code: 'sasl/no-mechanism' });
    expect(sent.filter((text) => text.startsWith('<auth'))).toEqual([]);
  });
});

describe.each(ROADS.filter((road) => road !== 'WebSocket'))('over %s, a stream header', (road) => {
  it.each([
    [
      'of servers',
      'stream:stream xmlns="jabber:server" xmlns:stream="http://etherx.jabber.org/streams"',
      'invalid-namespace',
    ],
    [
      'of another kind of stream',
      'stream:stream xmlns="jabber:client" xmlns:stream="urn:example:x"',
      'invalid-namespace',
    ],
    ['without a prefix', 'stream xmlns="jabber:client"', 'invalid-namespace'],
    ['with a prefix that nobody declared', 'stream:stream xmlns="jabber:client"', 'bad-namespace-prefix'],
    ['of another name', 'x:streams xmlns="jabber:client" xmlns:x="http://etherx.jabber.org/streams"', 'bad-format'],
    ['that declares what nobody may', 'stream:stream xmlns:xml="urn:example:x"', 'bad-namespace-prefix'],
    ['that takes a prefix away', 'stream:stream xmlns:stream=""', 'bad-namespace-prefix'],
  ])('%s is refused', async (_title, tag, condition) => {
    const { client, peer, sent } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await secured(peer, road).receives('<stream:stream>').sends(`<${tag} version="1.0">`);
    expect(await failure).toMatchObject({ code: `stream/${condition}` });
    expect(sent.filter((text) => text.startsWith('<auth'))).toEqual([]);
  });

  it('with another prefix is one all the same', async () => {
    const { client, peer } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    const tag = 'x:stream xmlns="jabber:client" xmlns:x="http://etherx.jabber.org/streams" version="1.0"';
    const script = secured(peer, road).receives('<stream:stream>').sends(`<${tag}>`);
    await script.sends(`<x:features><mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms></x:features>`);
    await script.receives(`<auth ${SASL} mechanism="PLAIN"/>`).end();
    expect(await failure).toMatchObject({ phase: 'linked.authenticating' });
  });
});
