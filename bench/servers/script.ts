/** Namespace of requests that the scripted server never answers. */
export const NS_UNANSWERED = 'urn:example:unanswered';

/** What a scripted session needs of its connection. */
export interface ScriptedWire {
  readonly transport: 'tcp' | 'ws';
  /** Sends texts; over WebSocket each becomes a frame. */
  send(texts: readonly string[]): void;
  online(): void;
  messages(count: number): void;
  closed(): void;
}

const DOMAIN = 'capulet.example';
const FEATURES = {
  authentication:
    '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>ANONYMOUS</mechanism></mechanisms>',
  binding: '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>',
};
const TOKEN = new RegExp(
  [
    '<\\?xml[^>]*\\?>|<stream:stream[^>]*>|<open\\b[^>]*>(?:</open>)?',
    '<auth\\b[^>]*(?:/>|>[^<]*</auth>)',
    '<(iq|message|presence)\\b[^>]*(?:(?<=/)>|>.*?</\\1>)',
    '</stream:stream>|<close\\b[^>]*>|\\s+',
  ].join('|'),
  'sy',
);

/**
 * The server's part of a session: lets anyone in, binds a resource, answers each request with an empty result, and
 * counts messages. It looks for the stanzas that the peers send, and is no XML parser.
 */
export function createScript(wire: ScriptedWire): (text: string) => void {
  let rest = '';
  let authenticated = false;
  const answers: string[] = [];

  function read(token: string): number {
    if (token.startsWith('<message')) return 1;
    if (token.startsWith('<iq')) answers.push(...answerTo(token, wire));
    else if (token.startsWith('<stream:stream') || token.startsWith('<open'))
      answers.push(...greeting(wire, authenticated));
    else if (token.startsWith('<auth')) {
      authenticated = true;
      answers.push('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    } else if (token.startsWith('</stream') || token.startsWith('<close')) wire.closed();
    return 0;
  }

  return (text) => {
    rest += text;
    let messages = 0;
    let end = 0;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(rest); match; match = TOKEN.exec(rest)) {
      end = TOKEN.lastIndex;
      messages += read(match[0]);
    }
    rest = rest.slice(end);
    if (answers.length > 0) wire.send(answers.splice(0));
    if (messages > 0) wire.messages(messages);
  };
}

function greeting({ transport }: ScriptedWire, authenticated: boolean): readonly string[] {
  const content = authenticated ? FEATURES.binding : FEATURES.authentication;
  if (transport === 'ws') {
    const open = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="${DOMAIN}" id="s1" version="1.0"/>`;
    return [open, `<stream:features xmlns:stream="http://etherx.jabber.org/streams">${content}</stream:features>`];
  }
  const header =
    '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" ' +
    `from="${DOMAIN}" id="s1" version="1.0">`;
  return [`${header}<stream:features>${content}</stream:features>`];
}

function answerTo(request: string, wire: ScriptedWire): readonly string[] {
  const id = /\sid=["']([^"']*)["']/.exec(request)?.[1] ?? '';
  if (!/\stype=["'](?:get|set)["']/.test(request) || request.includes(NS_UNANSWERED)) return [];
  const start = `<iq${wire.transport === 'ws' ? ' xmlns="jabber:client"' : ''} type="result" id="${id}"`;
  if (!request.includes('urn:ietf:params:xml:ns:xmpp-bind')) return [`${start}/>`];
  wire.online();
  const jid = `<jid>juliet@${DOMAIN}/balcony</jid>`;
  return [`${start}><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">${jid}</bind></iq>`];
}
