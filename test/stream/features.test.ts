import { describe, expect, test } from 'vitest';
import { type Features, parseFeatures } from '../../src/stream/index.ts';
import { parseElement } from '../../src/xml/index.ts';

const NOTHING: Omit<Features, 'element'> = {
  startTls: undefined,
  mechanisms: [],
  bind: false,
  session: undefined,
  sm: false,
};
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
        "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>" +
        "<sm xmlns='urn:xmpp:sm:2'/><sm xmlns='urn:xmpp:sm:3'/>",
      { bind: true, session: { optional: true }, sm: true },
    ],
    [
      'a session that must be established',
      "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>",
      { session: { optional: false } },
    ],
    [
      'mechanisms as they came, since the server hashes what it sent (XEP-0474 §5.1)',
      `<mechanisms ${SASL}><mechanism>B</mechanism><mechanism>A</mechanism><mechanism>B</mechanism><mechanism>plain</mechanism>` +
        '<mechanism/><mechanism>ABCDEFGHIJKLMNOPQRSTUVW</mechanism><mechanism>\tA B\n</mechanism><mechanism>é</mechanism></mechanisms>',
      { mechanisms: ['B', 'A', 'B', 'plain', '', 'ABCDEFGHIJKLMNOPQRSTUVW', 'A B', 'é'] },
    ],
    [
      'a mechanism in another namespace, which is none',
      `<mechanisms ${SASL}><mechanism xmlns='urn:x'>PLAIN</mechanism></mechanisms>`,
      {},
    ],
    [
      'all of it in other namespaces',
      "<starttls/><mechanisms xmlns='urn:x'><mechanism>PLAIN</mechanism></mechanisms><bind/><session/>" +
        "<sm xmlns='urn:xmpp:sm:2'/><x xmlns='urn:x'><sm xmlns='urn:xmpp:sm:3'/></x>",
      {},
    ],
  ])('may be: %s', (_, inner, features) => {
    const element = parseElement(`<features xmlns='http://etherx.jabber.org/streams'>${inner}</features>`);
    expect(parseFeatures(element)).toEqual({ ...NOTHING, ...features, element });
  });

  test('hold no more mechanisms, and no longer names, than anybody needs', () => {
    const names = ['L'.repeat(129), 'K'.repeat(128), ...Array.from({ length: 10_000 }, (_, n) => `M${n}`)];
    const many = names.map((name) => `<mechanism>${name}</mechanism>`).join('');
    const element = parseElement(
      `<features xmlns='http://etherx.jabber.org/streams'><mechanisms ${SASL}>${many}</mechanisms></features>`,
    );
    expect(parseFeatures(element).mechanisms).toEqual(names.slice(1, 65));
  });
});
