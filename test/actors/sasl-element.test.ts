import { expect, it } from 'vitest';
import { buildSaslElement, type SaslCommand } from '../../src/actors/sasl-element.ts';
import { buildBind2, Sealed } from '../../src/sasl/index.ts';
import { serialize } from '../../src/xml/index.ts';

const payload = new Sealed(new TextEncoder().encode('hello'));
const empty = new Sealed(new Uint8Array(0));
const userAgent = { id: 'd4565fa7-4d72-4749-b3d3-740edbf87770', software: 'Nurse' };
const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'".replaceAll("'", '"');
const SASL2 = 'xmlns="urn:xmpp:sasl:2"';
const AGENT = `<user-agent id="${userAgent.id}"><software>Nurse</software></user-agent>`;

it.each<[string, SaslCommand, string]>([
  [
    'a login, in the profile of RFC 6120 §6.4.2',
    { type: 'sasl.authenticate', mechanism: 'PLAIN', payload, along: undefined },
    `<auth ${SASL} mechanism="PLAIN">aGVsbG8=</auth>`,
  ],
  [
    'a login without a first message',
    { type: 'sasl.authenticate', mechanism: 'PLAIN', payload: undefined, along: undefined },
    `<auth ${SASL} mechanism="PLAIN"/>`,
  ],
  [
    'a login with an empty first message: =, where nothing would mean none',
    { type: 'sasl.authenticate', mechanism: 'EXTERNAL', payload: empty, along: undefined },
    `<auth ${SASL} mechanism="EXTERNAL">=</auth>`,
  ],
  ['an answer', { type: 'sasl.respond', profile: 'sasl', payload }, `<response ${SASL}>aGVsbG8=</response>`],
  ['an end', { type: 'sasl.abort', profile: 'sasl' }, `<abort ${SASL}/>`],
  [
    'a login, in the profile of XEP-0388 §2.3',
    {
      type: 'sasl.authenticate',
      mechanism: 'PLAIN',
      payload,
      along: { userAgent, inline: [buildBind2({ tag: 'Nurse' })] },
    },
    `<authenticate ${SASL2} mechanism="PLAIN"><initial-response>aGVsbG8=</initial-response>${AGENT}<bind xmlns="urn:xmpp:bind:0"><tag>Nurse</tag></bind></authenticate>`,
  ],
  [
    'such a login without a first message',
    { type: 'sasl.authenticate', mechanism: 'PLAIN', payload: undefined, along: { userAgent, inline: [] } },
    `<authenticate ${SASL2} mechanism="PLAIN">${AGENT}</authenticate>`,
  ],
  ['such an answer', { type: 'sasl.respond', profile: 'sasl2', payload }, `<response ${SASL2}>aGVsbG8=</response>`],
  ['such an end', { type: 'sasl.abort', profile: 'sasl2' }, `<abort ${SASL2}/>`],
])('%s', (_title, command, xml) => {
  expect(serialize(buildSaslElement(command))).toBe(xml);
});
