import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { negotiationSteps } from '../support/negotiation-steps.ts';
import { failuresIn, outcomeOf, refusalOf } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

/*
 * What XML can do and streams may not (RFC 6120 §11.1): entities that grow, entities that fetch, and references to nothing.
 */

const stage = stageClients();

const LAUGHS = `<!DOCTYPE lolz [<!ENTITY a "lol">${Array.from({ length: 9 }, (_, index) => `<!ENTITY ${String.fromCharCode(98 + index)} "${`&${String.fromCharCode(97 + index)};`.repeat(10)}">`).join('')}]>`;
const message = (body: string): string => `<message ${CLIENT}><body>${body}</body></message>`;

/** What is fetched from this machine: nothing. */
const fetched: (string | undefined)[] = [];
const web = createServer((request, response) => {
  fetched.push(request.url);
  response.end('<x/>');
});
beforeAll(() => new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => web.close(resolve)));

describe.each(ROADS)('over %s', (road) => {
  it.each([
    ['entities of entities', () => LAUGHS + message('&j;'), 'restricted-xml'],
    [
      'an entity that is a file',
      () => `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${message('&f;')}`,
      'restricted-xml',
    ],
    [
      'an entity that is fetched',
      () => `<!DOCTYPE x [<!ENTITY f SYSTEM "${url()}">]>${message('&f;')}`,
      'restricted-xml',
    ],
    ['a document type that is fetched', () => `<!DOCTYPE x SYSTEM "${url()}">`, 'restricted-xml'],
    ['an entity of the document type', () => `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url()}"> %p;]>`, 'restricted-xml'],
    ['the beginning of a document type', () => '<!d', 'restricted-xml'],
    ['a declaration without a document type', () => '<!ENTITY a "b">', 'restricted-xml'],
    ['a document type within a stanza', () => `<message ${CLIENT}>${LAUGHS}</message>`, 'restricted-xml'],
    ['an entity that nobody declared', () => message('&lol;'), 'restricted-xml'],
    ['an entity that HTML declares', () => message('&nbsp;'), 'restricted-xml'],
    ['an entity that every object has', () => message('&constructor;'), 'restricted-xml'],
    ['an entity in an attribute', () => `<message ${CLIENT} from="&lol;"/>`, 'restricted-xml'],
    ['a reference to the character NUL', () => message('&#0;'), 'not-well-formed'],
    ['a reference to half a character', () => message('&#xD83D;&#xDE00;'), 'not-well-formed'],
    ['a reference beyond Unicode', () => message('&#x110000;'), 'not-well-formed'],
    ['a reference to a number without end', () => message(`&#${'9'.repeat(100_000)};`), 'not-well-formed'],
    ['a reference that is none', () => message('&#x;'), 'not-well-formed'],
    ['a reference with a sign', () => message('&#-65;'), 'not-well-formed'],
  ])('%s: the stream ends, and nothing was fetched or told', async (_title, build, condition) => {
    const meeting = await meetOnline(stage, road);
    expect(await refusalOf(meeting, build())).toEqual({
      told: condition,
      code: `stream/${condition}`,
      state: 'failed.gaveUp',
      heard: [],
    });
    expect(fetched).toEqual([]);
  });

  it('a document type in any state before ends the stream', async () => {
    const steps = negotiationSteps(road).filter(({ state }) => state !== 'linked.securing.handshaking');
    const failures = await failuresIn(stage, road, steps, (peer) => peer.sends(LAUGHS));
    expect(failures).toMatchObject(
      steps.map(({ title }) => ({ title, code: 'stream/restricted-xml', state: 'failed.gaveUp' })),
    );
  });

  it('references to characters are read once, and mean what they say', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomeOf(meeting, message('&amp;lt;b&amp;gt;&#38;amp;&#x26;#60;&lt;!DOCTYPE x&gt;'))).toEqual([
      'normal from undefined: &lt;b&gt;&amp;&#60;<!DOCTYPE x>',
    ]);
    expect(await outcomeOf(meeting, message(`&#x${'0'.repeat(50)}41;`))).toEqual(['normal from undefined: A']);
  });

  it('references without number are text like any other', async () => {
    const meeting = await meetOnline(stage, road);
    const count = 150_000;
    const bodies: number[] = [];
    meeting.client.on('message', ({ message: { body } }) => bodies.push(body?.length ?? 0));
    await meeting.peer.sends(message('&lt;'.repeat(count)));
    await expect.poll(() => bodies, { interval: 1 }).toEqual([count]);
  });
});

function url(): string {
  return `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
}
