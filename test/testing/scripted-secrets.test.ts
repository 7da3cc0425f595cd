import { afterEach, describe, expect, test } from 'vitest';
import type { Conversation } from '../../src/testing/index.ts';
import { maskTyped } from '../../src/testing/typed-sasl.ts';
import { meet, stopAll } from './scripted-pair.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';
const FAST = 'urn:xmpp:fast:0';
const AUTH = `<auth xmlns="${SASL}" mechanism="PLAIN">c2VjcmV0</auth>`;
const MASKED_AUTH = `<auth xmlns="${SASL}" mechanism="PLAIN">[masked]</auth>`;

afterEach(stopAll);

/** What a script of the server that expects something else is told of a client's script. */
async function failure(sent: string, expected: string): Promise<string> {
  const { client, peer } = await meet();
  const script: Promise<string> = peer.header().receives(expected).then(String, String);
  await client.header().sends(sent);
  return script;
}

describe('what a test types for SASL', () => {
  test.each([
    ['an element', AUTH, MASKED_AUTH],
    ['what stands before and behind it', `<a/>${AUTH}<b>c2VjcmV0`, `<a/>${MASKED_AUTH}<b>c2VjcmV0`],
    ['an element with a prefix', `<s:auth xmlns:s='${SASL}'>x</s:auth>`, `<s:auth xmlns:s='${SASL}'>[masked]</s:auth>`],
    ['an element that does not end', `<response xmlns="${SASL}">x`, `<response xmlns="${SASL}">[masked]`],
    ['an element that ends as another', `<auth xmlns="${SASL}">x</b>`, `<auth xmlns="${SASL}">[masked]`],
    ['one that lost its namespace', '<auth mechanism="PLAIN">x</auth>', '<auth mechanism="PLAIN">[masked]</auth>'],
    ['what is in quotes', `<auth a=">" xmlns="${SASL}">x</auth>`, `<auth a=">" xmlns="${SASL}">[masked]</auth>`],
    [
      'SASL2',
      `<authenticate xmlns='${SASL2}'><initial-response>x</initial-response><fast xmlns='${FAST}'/></authenticate>`,
      `<authenticate xmlns='${SASL2}'><initial-response>[masked]</initial-response><fast xmlns='${FAST}'/></authenticate>`,
    ],
    [
      'a token',
      `<success xmlns="${SASL2}"><token xmlns="${FAST}" expiry="2020" token='x'/></success>`,
      `<success xmlns="${SASL2}"><token xmlns="${FAST}" expiry="2020" token="[masked]"/></success>`,
    ],
    [
      'what SASL2 says along with success',
      `<success xmlns="${SASL2}"><additional-data>x</additional-data><b>y</b></success>`,
      `<success xmlns="${SASL2}"><additional-data>[masked]</additional-data><b>y</b></success>`,
    ],
    ['a token alone', `<token xmlns="${FAST}" token='x'/>`, `<token xmlns="${FAST}" token="[masked]"/>`],
  ])('is masked: %s', (_title, typed, shown) => {
    expect(maskTyped(typed)).toBe(shown);
  });

  test.each([
    `<auth xmlns="${SASL}"/><a>x</a>`,
    `<auth xmlns="${SASL}">*</auth>`,
    `<authenticate xmlns="${SASL2}"><initial-response>!</initial-response></authenticate>`,
    '<iq><response xmlns="urn:example:quiz">x</response></iq>',
    '<message><body>auth response x</body></message>',
    '<message><response>x</response></message>',
  ])('is not masked where it is no secret: %s', (typed) => {
    expect(maskTyped(typed)).toBe(typed);
  });

  test('is shown neither as it was sent nor as it was expected', async () => {
    const said = await failure(AUTH, `<auth xmlns="${SASL}" mechanism="PLAIN">b3RoZXI=</auth>`);
    expect(said.split('\n').filter((line) => !line.includes('stream'))).toEqual([
      `Error: Expected from the client: ${MASKED_AUTH}`,
      `Instead: it sent ${MASKED_AUTH}`,
      'Difference: text: expected "[masked]", got "[masked]"',
      'Conversation (C: client, S: server):',
      `  C: ${MASKED_AUTH}`,
    ]);
    expect(said).not.toMatch(/c2VjcmV0|b3RoZXI=/);
  });

  test.each([
    [
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><initial-response>c2VjcmV0</initial-response></authenticate>`,
      `<authenticate xmlns="${SASL2}"><initial-response>/^b3RoZXI/</initial-response></authenticate>`,
      `in child {${SASL2}}initial-response: text: expected "[masked]", got "[masked]"`,
    ],
    [
      `<success xmlns="${SASL2}"><token xmlns="${FAST}" token="c2VjcmV0"/></success>`,
      `<success xmlns="${SASL2}"><token xmlns="${FAST}" token="b3RoZXI"/></success>`,
      `in child {${FAST}}token: attribute token: expected "[masked]", got "[masked]"`,
    ],
    [
      `<auth xmlns="${SASL}"><a>c2VjcmV0</a></auth>`,
      `<auth xmlns="${SASL}"><a>b3RoZXI</a></auth>`,
      `in child {${SASL}}a: text: expected "[masked]", got "[masked]"`,
    ],
    [AUTH, `<auth xmlns="${SASL}" mechanism="EXTERNAL"/>`, 'attribute mechanism: expected "EXTERNAL", got "PLAIN"'],
  ])('is not shown where it differs: %s', async (sent, expected, difference) => {
    const said = await failure(sent, expected);
    expect(said).toContain(`\nDifference: ${difference}\n`);
    expect(said).not.toMatch(/c2VjcmV0|b3RoZXI/);
  });

  test('is shown neither to the one who typed it nor where it is no XML', async () => {
    const { client, peer } = await meet();
    const script: Conversation<unknown, 'client'> = client.header().sends(AUTH).receives('<nothing/>');
    await peer.header().receives(AUTH).sends(`<success xmlns="${SASL}">c2VjcmV0</success>`);
    const said = await script.catch(String);
    expect(said).toContain(`\n  C: ${MASKED_AUTH}\n  S: <success xmlns="${SASL}">[masked]</success>`);
    expect(said).not.toContain('c2VjcmV0');
    await expect(peer.receives(`${AUTH}</b>`)).rejects.toThrow(
      `Expected the XML of one element, got ${JSON.stringify(`${MASKED_AUTH}</b>`)}: there is more behind it`,
    );
  });
});
