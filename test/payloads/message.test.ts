import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JidError, parseJid } from '../../src/jid/index.ts';
import { buildMessage, type Message, type MessageOptions, parseMessage } from '../../src/payloads/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

/** Every property, so that a whole message can be compared. */
function all(message: Message): Omit<Message, 'stanza'> {
  const { from, fromText, to, id, type, body, bodies, subject, subjects, thread, lang, error } = message;
  return { from, fromText, to, id, type, body, bodies, subject, subjects, thread, lang, error };
}

const NOTHING: Omit<Message, 'stanza'> = {
  from: undefined,
  fromText: undefined,
  to: undefined,
  id: undefined,
  type: 'normal',
  body: undefined,
  bodies: new Map(),
  subject: undefined,
  subjects: new Map(),
  thread: undefined,
  lang: undefined,
  error: undefined,
};

describe('a message', () => {
  test('is read as in RFC 6121 §5.2', () => {
    const stanza = parseElement(
      "<message xmlns='jabber:client' from='juliet@example.com/balcony' id='ktx72v49' to='romeo@example.net' type='chat' " +
        "xml:lang='en'><subject>I implore you!</subject><subject xml:lang='cs'>\u00dap\u011bnliv\u011b pros\u00edm!</subject>" +
        "<body>Art thou not Romeo, and a Montague?</body><body xml:lang='cs'>Pro\u010de\u017e jsi ty, Romeo?</body>" +
        "<thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread></message>",
    );
    const message = parseMessage(stanza);
    expect(message.stanza).toBe(stanza);
    expect(all(message)).toEqual({
      from: parseJid('juliet@example.com/balcony'),
      fromText: 'juliet@example.com/balcony',
      to: parseJid('romeo@example.net'),
      id: 'ktx72v49',
      type: 'chat',
      body: 'Art thou not Romeo, and a Montague?',
      bodies: new Map([
        ['en', 'Art thou not Romeo, and a Montague?'],
        ['cs', 'Pro\u010de\u017e jsi ty, Romeo?'],
      ]),
      subject: 'I implore you!',
      subjects: new Map([
        ['en', 'I implore you!'],
        ['cs', '\u00dap\u011bnliv\u011b pros\u00edm!'],
      ]),
      thread: { id: '0e3141cd80894871a68e6fe6b1ec56fa', parent: 'e0ffe42b28561960c6b12b944a092794b9683a38' },
      lang: 'en',
      error: undefined,
    });
  });

  test('may have nothing', () => {
    expect(all(parseMessage(parseElement("<message xmlns='jabber:client'/>")))).toEqual(NOTHING);
  });

  test.each([
    ['chat', 'chat'],
    ['groupchat', 'groupchat'],
    ['headline', 'headline'],
    ['normal', 'normal'],
    ['secret', 'normal'],
    ['', 'normal'],
    ['constructor', 'normal'],
  ])('of type %j is one of type %j (RFC 6121 §5.2.2)', (type, expected) => {
    expect(parseMessage(element('{jabber:client}message', { type })).type).toBe(expected);
  });

  test('whose sender is no JID has no sender, and cannot be taken for one of the own account', () => {
    const message = parseMessage(parseElement("<message xmlns='jabber:client' from='a b@c' to='@'/>"));
    expect(all(message)).toEqual({ ...NOTHING, fromText: 'a b@c' });
  });

  test('has the body in the language of the stanza before others, else the first', () => {
    const bodies = "<body xml:lang='cs'>cs</body><body xml:lang='en'>en</body><body xmlns='urn:x'>x</body>";
    expect(parseMessage(parseElement(`<message xmlns='jabber:client' xml:lang='en'>${bodies}</message>`)).body).toBe(
      'en',
    );
    expect(parseMessage(parseElement(`<message xmlns='jabber:client'>${bodies}</message>`)).body).toBe('cs');
    const mixed = parseMessage(
      parseElement(`<message xmlns='jabber:client'>${bodies}<body>none</body><body>2</body></message>`),
    );
    expect(mixed.body).toBe('none');
    expect(mixed.bodies).toEqual(
      new Map([
        ['cs', 'cs'],
        ['en', 'en'],
        ['', 'none'],
      ]),
    );
  });

  test('has an empty body where that is what was sent', () => {
    expect(parseMessage(parseElement("<message xmlns='jabber:client'><body/></message>")).body).toBe('');
  });

  test('that comes back says why (RFC 6120 §8.3.1), and always with the same error', () => {
    const message = parseMessage(
      parseElement(
        "<message xmlns='jabber:client' from='romeo@example.net' type='error' id='1'><error type='cancel'>" +
          "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
      ),
    );
    expect(message.type).toBe('error');
    expect(message.error).toMatchObject({ condition: 'recipient-unavailable', errorType: 'cancel' });
    expect(message.error).toBe(message.error);
  });

  test('of another type has no error, whatever is in it', () => {
    const stanza = parseElement("<message xmlns='jabber:client' type='chat'><error/></message>");
    expect(parseMessage(stanza).error).toBeUndefined();
  });
});

describe('a message is built', () => {
  test('as RFC 6121 §5.2 shows it', () => {
    const options: MessageOptions = {
      from: 'juliet@example.com/balcony',
      id: 'ktx72v49',
      to: parseJid('romeo@example.net'),
      type: 'chat',
      lang: 'en',
      subject: 'I implore you!',
      body: 'Art thou not Romeo, and a Montague?',
      thread: { id: 't1', parent: 't0' },
    };
    expect(buildMessage(options, element('{urn:xmpp:receipts}request'))).toEqual(
      parseElement(
        "<message xmlns='jabber:client' from='juliet@example.com/balcony' id='ktx72v49' to='romeo@example.net' type='chat' " +
          "xml:lang='en'><subject>I implore you!</subject><body>Art thou not Romeo, and a Montague?</body>" +
          "<thread parent='t0'>t1</thread><request xmlns='urn:xmpp:receipts'/></message>",
      ),
    );
  });

  test('with a random id, and without what was not asked for', () => {
    const stanza = buildMessage({ to: 'romeo@example.net', thread: 't' });
    expect(stanza.attributes.id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(stanza).toEqual(
      parseElement(
        `<message xmlns='jabber:client' to='romeo@example.net' id='${stanza.attributes.id}'><thread>t</thread></message>`,
      ),
    );
  });

  test('not for an address that is none', () => {
    expect(() => buildMessage({ to: 'romeo@' })).toThrow(JidError);
  });

  test('so that it is read as it was meant', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, text, (id, body, subject, thread) => {
        const stanza = buildMessage({ to: 'a@example.com', type: 'chat', id, body, subject, thread });
        expect(all(parseMessage(stanza))).toEqual({
          ...NOTHING,
          to: parseJid('a@example.com'),
          type: 'chat',
          id,
          body,
          bodies: new Map([['', body]]),
          subject,
          subjects: new Map([['', subject]]),
          thread: { id: thread, parent: undefined },
        });
      }),
    );
  });
});
