import { describe, expect, test } from 'vitest';
import { parseSasl2Offer, type Sasl2Inline } from '../../src/sasl/index.ts';
import { buildSasl2Features } from '../../src/sasl/server.ts';
import { element, parseElement } from '../../src/xml/index.ts';

const NOTHING: Sasl2Inline = { bind: undefined, sm: false, fast: undefined };

describe('the offer of SASL2', () => {
  test.each<readonly [string, string, readonly string[], Sasl2Inline]>([
    [
      'XEP-0388 §2.1: mechanisms, resumption and binding',
      `<authentication xmlns='urn:xmpp:sasl:2'>
        <mechanism>SCRAM-SHA-1</mechanism>
        <mechanism>SCRAM-SHA-1-PLUS</mechanism>
        <inline>
          <sm xmlns='urn:xmpp:sm:3'/>
          <bind xmlns='urn:xmpp:bind:0'/>
        </inline>
      </authentication>
      <sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>`,
      ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
      { bind: [], sm: true, fast: undefined },
    ],
    [
      'XEP-0388 §5.1: nothing inline',
      `<authentication xmlns='urn:xmpp:sasl:2'>
        <mechanism>PLAIN</mechanism>
        <mechanism>SCRAM-SHA-1</mechanism>
      </authentication>`,
      ['PLAIN', 'SCRAM-SHA-1'],
      NOTHING,
    ],
    [
      'XEP-0388 §5.3: something inline that nobody knows',
      `<authentication xmlns='urn:xmpp:sasl:2'>
        <mechanism>BLURDYBLOOP</mechanism>
        <inline><megabind xmlns='urn:example:megabind'/></inline>
      </authentication>`,
      ['BLURDYBLOOP'],
      NOTHING,
    ],
    [
      'XEP-0386 §3.1: what can be enabled along with binding',
      `<authentication xmlns='urn:xmpp:sasl:2'>
        <mechanism>SCRAM-SHA-1</mechanism>
        <mechanism>SCRAM-SHA-1-PLUS</mechanism>
        <inline>
          <bind xmlns='urn:xmpp:bind:0'>
            <inline>
              <feature var="urn:xmpp:carbons:2" />
              <feature var="urn:xmpp:csi:0" />
              <feature var="urn:xmpp:sm:3" />
            </inline>
          </bind>
          <sm xmlns='urn:xmpp:sm:3'/>
        </inline>
      </authentication>`,
      ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
      { bind: ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0', 'urn:xmpp:sm:3'], sm: true, fast: undefined },
    ],
    [
      'XEP-0484 §3.1: tokens',
      `<authentication xmlns='urn:xmpp:sasl:2'>
        <mechanism>SCRAM-SHA-1</mechanism>
        <mechanism>SCRAM-SHA-1-PLUS</mechanism>
        <inline>
          <fast xmlns='urn:xmpp:fast:0' tls-0rtt='true'>
            <mechanism>HT-SHA-256-ENDP</mechanism>
            <mechanism>HT-SHA-256-EXPR</mechanism>
            <mechanism>HT-SHA-256-NONE</mechanism>
          </fast>
        </inline>
      </authentication>`,
      ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
      { bind: undefined, sm: false, fast: ['HT-SHA-256-ENDP', 'HT-SHA-256-EXPR', 'HT-SHA-256-NONE'] },
    ],
    [
      'names as they came, and a feature that Prosody lists twice once',
      `<authentication xmlns='urn:xmpp:sasl:2'><mechanism> x-Odd\n</mechanism><mechanism>PLAIN</mechanism>
        <mechanism>PLAIN</mechanism><mechanism xmlns='urn:x'>SCRAM-SHA-1</mechanism><inline>
        <bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:sm:3'/><feature/><feature var=''/>
        <feature var='urn:xmpp:sm:3'/><feature xmlns='urn:x' var='urn:y'/></inline></bind>
        <fast xmlns='urn:xmpp:fast:0'/></inline></authentication>`,
      ['x-Odd', 'PLAIN', 'PLAIN'],
      { bind: ['urn:xmpp:sm:3'], sm: false, fast: [] },
    ],
    [
      'nothing inline of what stands elsewhere or in other namespaces',
      `<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism><sm xmlns='urn:xmpp:sm:3'/>
        <inline><bind/><fast/><sm xmlns='urn:xmpp:sm:2'/><bind xmlns='urn:xmpp:bind2:1'/></inline></authentication>
        <sm xmlns='urn:xmpp:sm:3'/><inline xmlns='urn:xmpp:sasl:2'><fast xmlns='urn:xmpp:fast:0'/></inline>`,
      ['PLAIN'],
      NOTHING,
    ],
  ])('may be: %s', (_, inner, mechanisms, inline) => {
    expect(parseSasl2Offer(features(inner))).toEqual({ mechanisms, inline });
  });

  test.each([
    ['nothing', ''],
    ['SASL only', "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"],
    [
      'no mechanism',
      "<authentication xmlns='urn:xmpp:sasl:2'><inline><sm xmlns='urn:xmpp:sm:3'/></inline></authentication>",
    ],
    ['an older version', "<authentication xmlns='urn:xmpp:sasl:1'><mechanism>PLAIN</mechanism></authentication>"],
    ['the list of SASL', "<mechanisms xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></mechanisms>"],
  ])('is none where there is %s', (_, inner) => {
    expect(parseSasl2Offer(features(inner))).toBeUndefined();
  });

  test('holds no more names, and no longer ones, than anybody needs', () => {
    const names = Array.from({ length: 5_000 }, (_, n) => `N${n}`);
    const long = 'L'.repeat(129);
    const offer = {
      mechanisms: [long, ...names],
      inline: { bind: [long, ...names], sm: true, fast: [long, ...names] },
    };
    const few = names.slice(0, 64);
    expect(parseSasl2Offer(element('features', {}, buildSasl2Features(offer)))).toEqual({
      mechanisms: few,
      inline: { bind: few, sm: true, fast: few },
    });
  });

  test.each<readonly [string, Sasl2Inline]>([
    ['nothing inline', NOTHING],
    ['binding alone', { ...NOTHING, bind: [] }],
    ['everything', { bind: ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0'], sm: true, fast: ['HT-SHA-256-NONE'] }],
  ])('is read as a server builds it, with %s', (_, inline) => {
    const offer = { mechanisms: ['SCRAM-SHA-256', 'PLAIN'], inline };
    expect(parseSasl2Offer(element('features', {}, buildSasl2Features(offer)))).toEqual(offer);
  });
});

test('a server builds the offer of XEP-0386 §3.1', () => {
  const built = buildSasl2Features({
    mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
    inline: { bind: ['urn:xmpp:carbons:2'], sm: true, fast: undefined },
  });
  expect(built).toEqual(
    parseElement(
      "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism>" +
        "<inline><bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/></inline></bind>" +
        "<sm xmlns='urn:xmpp:sm:3'/></inline></authentication>",
    ),
  );
});

function features(inner: string) {
  return parseElement(`<features xmlns='http://etherx.jabber.org/streams'>${inner}</features>`);
}
