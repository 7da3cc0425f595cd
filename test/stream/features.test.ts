import { describe, expect, test } from 'vitest';
import { type Features, parseFeatures } from '../../src/stream/index.ts';
import { parseElement } from '../../src/xml/index.ts';

const NOTHING: Omit<Features, 'element'> = { startTls: undefined, mechanisms: [], bind: false, session: undefined };
const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

describe('stream features', () => {
  test.each<readonly [string, string, Partial<Features>]>([
    ['none', '', {}],
    [
      'STARTTLS that is required (RFC 6120 §5.4.1)',
      "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>",
      { startTls: { required: true } },
    ],
    [
      'STARTTLS that is optional',
      "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
      { startTls: { required: false } },
    ],
    [
      'mechanisms (RFC 6120 §6.4.1)',
      `<mechanisms ${SASL}>\n<mechanism>EXTERNAL</mechanism>\n<mechanism>SCRAM-SHA-1-PLUS</mechanism>` +
        '<mechanism>SCRAM-SHA-1</mechanism><mechanism> PLAIN\n</mechanism></mechanisms>',
      { mechanisms: ['EXTERNAL', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1', 'PLAIN'] },
    ],
    [
      'binding and an optional session, as Prosody and ejabberd offer them',
      "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><required/></bind>" +
        "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session><sm xmlns='urn:xmpp:sm:3'/>",
      { bind: true, session: { optional: true } },
    ],
    [
      'a session that must be established',
      "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>",
      { session: { optional: false } },
    ],
    [
      'a mechanism twice',
      `<mechanisms ${SASL}><mechanism>A</mechanism><mechanism>A</mechanism></mechanisms>`,
      { mechanisms: ['A'] },
    ],
    [
      'names that are none (RFC 4422 §3.1)',
      `<mechanisms ${SASL}><mechanism>plain</mechanism><mechanism/><mechanism>ABCDEFGHIJKLMNOPQRSTU</mechanism>` +
        "<mechanism>A B</mechanism><mechanism xmlns='urn:x'>PLAIN</mechanism><mechanism>ABCDEFGHIJKLMNOPQRST</mechanism></mechanisms>",
      { mechanisms: ['ABCDEFGHIJKLMNOPQRST'] },
    ],
    [
      'all of it in other namespaces',
      "<starttls/><mechanisms xmlns='urn:x'><mechanism>PLAIN</mechanism></mechanisms><bind/><session/>",
      {},
    ],
  ])('may be: %s', (_, inner, features) => {
    const element = parseElement(`<features xmlns='http://etherx.jabber.org/streams'>${inner}</features>`);
    expect(parseFeatures(element)).toEqual({ ...NOTHING, ...features, element });
  });

  test('hold no more mechanisms than anybody needs', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `<mechanism>M${n}</mechanism>`).join('');
    const element = parseElement(
      `<features xmlns='http://etherx.jabber.org/streams'><mechanisms ${SASL}>${many}</mechanisms></features>`,
    );
    expect(parseFeatures(element).mechanisms).toEqual(Array.from({ length: 64 }, (_, n) => `M${n}`));
  });
});
