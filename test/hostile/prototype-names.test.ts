import { describe, expect, it } from 'vitest';
import { buildIq, type Element, element } from '../../src/node.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';
import { goesOn, outcomeOf } from './outcomes.ts';
import { BIND, CLIENT, meet, meetOnline, SASL, secured, streamError } from './stage.ts';

/*
 * Names that every JavaScript object has, in every place where a peer may put a name.
 */

const stage = stageClients();

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
] as const;
const STANZAS = 'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"';

describe.each(ROADS)('over %s, names that every object has', (road) => {
  it.each(NAMES)('are names like any other, in stanzas: %s', async (name) => {
    const meeting = await meetOnline(stage, road);
    const untouched = Object.getOwnPropertyNames(Object.prototype);
    const seen: Element[] = [];
    meeting.client.on('message', ({ message: { stanza } }) => seen.push(stanza));
    const address = `${name}@montague.example/${name}`;
    const inside = `<${name} xmlns="${name}" ${name}="y">z</${name}>`;
    const stanza = `<message ${CLIENT} from="${address}" id="${name}" ${name}="x">${inside}</message>`;
    expect(await outcomeOf(meeting, stanza)).toEqual([`normal from ${address}: undefined`]);
    expect(seen.map(({ attributes }) => Object.entries(attributes))).toEqual([
      [
        ['from', address],
        ['id', name],
        [name, 'x'],
      ],
    ]);
    expect(seen[0]?.children).toMatchObject([{ name, namespace: name, children: ['z'] }]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(untouched);
    expect(
      await outcomeOf(meeting, `<iq ${CLIENT} type="get" id="${name}" from="a@b"><${name} xmlns="${name}"/></iq>`),
    ).toEqual([
      `→ <iq type="error" id="${name}" to="a@b"><error type="cancel"><service-unavailable ${STANZAS}/></error></iq>`,
    ]);
    expect(await outcomeOf(meeting, `<iq ${CLIENT} type="result" id="${name}" from="a@b"/>`)).toEqual([
      'dropped iq: unknown-answer',
    ]);
  });

  it.each(NAMES)('are ids like any other: %s', async (name) => {
    const { client, peer } = await meetOnline(stage, road);
    const answer = client.request(buildIq({ type: 'get', to: 'a@b', id: name }, element('{urn:x}x')));
    await peer
      .receives(`<iq type="get" id="${name}" to="a@b"/>`)
      .sends(`<iq ${CLIENT} type="result" id="${name}" from="a@b"><truth/></iq>`);
    expect((await answer).children).toMatchObject([{ name: 'truth' }]);
  });

  it.each(NAMES)('are no conditions of errors: %s', async (name) => {
    const { client, peer } = await meetOnline(stage, road);
    const failure = rejectionOf(client.request(buildIq({ type: 'get', to: 'a@b', id: 'q' }, element('{urn:x}x'))));
    await peer
      .receives('<iq type="get" id="q" to="a@b"/>')
      .sends(`<iq ${CLIENT} type="error" id="q" from="a@b"><error type="${name}"><${name} ${STANZAS}/></error></iq>`);
    expect(await failure).toMatchObject({ code: 'stanza/undefined-condition', errorType: 'cancel' });
    await goesOn(peer);
    const failed = nextEvent(client, 'failed');
    await peer.sends(streamError(name));
    expect((await failed).error).toMatchObject({ code: 'stream/undefined-condition' });
    expect(stateOf(client)).toBe('failed.gaveUp');
  });

  it.each(NAMES)('are nothing that is offered, and no reason to refuse a login: %s', async (name) => {
    const offered = await meet(stage, road);
    const failure = rejectionOf(offered.client.online());
    const features = `<${name} xmlns="${name}"/><mechanisms ${SASL}><mechanism>${name}</mechanism><${name}/></mechanisms>`;
    await secured(offered.peer, road).header({ id: name }).features(features);
    expect(await failure).toMatchObject({ code: 'sasl/no-mechanism' });
    const refused = await meet(stage, road);
    const refusal = rejectionOf(refused.client.online());
    await secured(refused.peer, road)
      .header()
      .features(`<mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms>`)
      .receives(`<auth ${SASL}/>`)
      .sends(`<failure ${SASL}><${name}/></failure>`);
    expect(await refusal).toMatchObject({ code: 'sasl/undefined-condition' });
  });

  it.each(['__proto__', 'constructor', 'tostring'])('are resources and accounts like any other: %s', async (name) => {
    const pins = new Map<string, string>();
    const { client, peer } = await meet(stage, road, { jid: `${name}@capulet.example`, pins });
    const script = secured(peer, road);
    const request = script.authenticate().header().features(`<bind ${BIND}/><${name} xmlns="urn:x"/>`);
    const bound = (id = ''): string =>
      `<iq ${CLIENT} type="result" id="${id}"><bind ${BIND}><jid>${name}@capulet.example/${name}</jid></bind></iq>`;
    await request.receives('<iq type="set"/>').sends(({ attributes: { id } }) => bound(id));
    expect((await client.online()).full).toBe(`${name}@capulet.example/${name}`);
    expect([...pins]).toEqual([[`${name}@capulet.example`, 'SCRAM-SHA-256']]);
  });
});
