import { describe, expect, it } from 'vitest';
import { type Element, serialize } from '../../src/xml/index.ts';
import { ROADS } from '../client/resume-stage.ts';
import { createWitness, type Witness } from '../machines/witness.ts';
import { stageClients } from '../support/client-stage.ts';
import type { Script } from '../support/negotiation-steps.ts';
import { rejectionOf } from '../support/when.ts';
import { meet, SASL, secured, streamError } from './stage.ts';

/*
 * What a log, an inspector or an error shows of a login that a server breaks off, or hands back to the client. Logins that succeed
 * are in `test/machines/client.secrets.test.ts`.
 */

const stage = stageClients();

/** Nothing else contains these words, in any of the forms in which SASL sends them. */
const PASSWORD = 'correct-horse-battery-staple';
const SASL2 = 'xmlns="urn:xmpp:sasl:2"';

/** The same words, under another name. */
const renamed = (auth: Element, name: string): string => serialize({ ...auth, name, attributes: {} });

const ENDINGS: readonly (readonly [
  title: string,
  end: (script: Script & PromiseLike<Element>) => PromiseLike<unknown>,
])[] = [
  ['cuts it off', (script) => script.reset()],
  ['refuses it', (script) => script.sends(`<failure ${SASL}><not-authorized/><text>No</text></failure>`)],
  [
    'refuses it in the other profile',
    (script) => script.sends(`<failure ${SASL2}><not-authorized ${SASL}/></failure>`),
  ],
  ['ends the stream', (script) => script.sends(streamError('policy-violation'))],
  ['sends what is no XML', (script) => script.sends('<<')],
  ['sends the request back', async (script) => script.sends(serialize(await script))],
  ['sends it back as a challenge', async (script) => script.sends(renamed(await script, 'challenge'))],
  ['sends it back as a response', async (script) => script.sends(renamed(await script, 'response'))],
  ['sends it back as a success', async (script) => script.sends(renamed(await script, 'success'))],
];

const OFFERS = [
  ['PLAIN', `<mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms>`, `<auth ${SASL}/>`],
  [
    'PLAIN, and SASL2',
    `<authentication ${SASL2}><mechanism>PLAIN</mechanism></authentication>`,
    `<authenticate ${SASL2}/>`,
  ],
] as const;

describe.each(ROADS)('over %s, the password is seen nowhere', (road) => {
  describe.each(OFFERS)('in a login with %s', (_mechanism, features, request) => {
    it.each(ENDINGS)('where the server %s', async (_title, end) => {
      const witness = await watch(features, request, end);
      expect(witness.leaks(PASSWORD).map((text) => text.slice(0, 100))).toEqual([]);
    });
  });

  it('but where the server shows it to everybody: its words are told as they are', async () => {
    const [[, features, request]] = OFFERS;
    const told = await watch(features, request, (script) =>
      script.sends(`<failure ${SASL}><not-authorized/><text>Not ${PASSWORD}</text></failure>`),
    );
    expect(told.leaks(PASSWORD).length).toBeGreaterThan(0);
  });

  /** All that could be seen of a login that ends like this. */
  async function watch(features: string, request: string, end: (typeof ENDINGS)[number][1]): Promise<Witness> {
    const witness = createWitness();
    const { client, peer } = await meet(stage, road, {
      password: PASSWORD,
      onTraffic: witness.look,
      inspect: witness.look,
      onServer: { password: PASSWORD },
    });
    const failure = rejectionOf(client.online());
    await end(secured(peer, road).header().features(features).receives(request));
    witness.look(await failure);
    witness.look(client.actor.getSnapshot());
    witness.look(JSON.stringify(client.actor.getPersistedSnapshot()));
    expect(witness.texts.join()).toContain('sasl.authenticate');
    return witness;
  }
});
