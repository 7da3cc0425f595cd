import type { Row } from './outcomes.ts';
import { CLIENT } from './stage.ts';

/*
 * Well-formed stanzas that mean nothing, as a contact may send them, and what is to come of each: what the application is told,
 * and, behind an arrow, what the client says.
 */

const ROMEO = 'romeo@montague.example/orchard';
const FROM = `from="${ROMEO}"`;
const EXAMPLE = 'xmlns="urn:example:poison"';
const STANZAS = 'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"';

const message = (attributes: string, inside = ''): string => `<message ${CLIENT} ${attributes}>${inside}</message>`;
const presence = (attributes: string, inside = ''): string => `<presence ${CLIENT} ${attributes}>${inside}</presence>`;
const iq = (attributes: string, inside = ''): string => `<iq ${CLIENT} ${attributes}>${inside}</iq>`;
const deep = (depth: number): string => `<a ${EXAMPLE}>${'<a>'.repeat(depth - 1)}${'</a>'.repeat(depth)}`;
const attributes = (count: number): string => Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');

export const MESSAGES: readonly Row[] = [
  ['nothing', message(''), 'normal from undefined: undefined'],
  ['of a type that nobody knows', message(`${FROM} type="spell"`, '<body>x</body>'), `normal from ${ROMEO}: x`],
  ['of a type that every object has', message(`${FROM} type="constructor"`), `normal from ${ROMEO}: undefined`],
  ['an error without one', message(`${FROM} type="error"`), `error from ${ROMEO}: undefined`],
  [
    'an error of conditions that do not exist',
    message(`${FROM} type="error"`, `<error type="__proto__"><constructor ${STANZAS}/><toString ${STANZAS}/></error>`),
    `error from ${ROMEO}: undefined`,
  ],
  [
    'an error within an error',
    message(`${FROM} type="error"`, '<error><error><error/></error></error>'),
    `error from ${ROMEO}: undefined`,
  ],
  ['a body of something else', message(FROM, `<body ${EXAMPLE}>x</body>`), `normal from ${ROMEO}: undefined`],
  ['a body with elements in it', message(FROM, `<body>a<b ${EXAMPLE}>c</b>d</body>`), `normal from ${ROMEO}: ad`],
  [
    'many bodies in languages that are none',
    message(FROM, '<body xml:lang="__proto__">a</body><body xml:lang="">b</body><body xml:lang="--">c</body>'),
    `normal from ${ROMEO}: a`,
  ],
  ['threads in threads', message(FROM, '<thread parent=""><thread/></thread>'), `normal from ${ROMEO}: undefined`],
  ['from nobody', message('from=""', '<body>x</body>'), 'normal from : x'],
  ['from what is no address', message('from="@/@"', '<body>x</body>'), 'normal from @/@: x'],
  ['from two at once', message('from="a@b@c/d"', '<body>x</body>'), 'normal from a@b@c/d: x'],
  [
    'from an address that reads backwards',
    message('from="&#x202E;oemor@montague.example"', '<body>x</body>'),
    'normal from \u202Eoemor@montague.example: x',
  ],
  [
    'from an address that is too long',
    message(`from="${'r'.repeat(4000)}@montague.example"`, '<body>x</body>'),
    `normal from ${'r'.repeat(4000)}@montague.example: x`,
  ],
  ['to somebody else', message(`${FROM} to="tybalt@capulet.example"`), `normal from ${ROMEO}: undefined`],
  ['with an id that is too long', message(`${FROM} id="${'i'.repeat(100_000)}"`), `normal from ${ROMEO}: undefined`],
  [
    'with names that every object has',
    message(
      `${FROM} __proto__="x" constructor="x" hasOwnProperty="x"`,
      '<__proto__/><constructor/><toString xmlns="__proto__"/>',
    ),
    `normal from ${ROMEO}: undefined`,
  ],
  ['as deep as may be', message(FROM, deep(255)), `normal from ${ROMEO}: undefined`],
  ['with as many attributes as may be', message(`${FROM} ${attributes(997)}`), `normal from ${ROMEO}: undefined`],
  [
    'nearly as large as may be',
    message(FROM, `<x ${EXAMPLE}>${'x'.repeat(1_000_000)}</x>`),
    `normal from ${ROMEO}: undefined`,
  ],
  [
    'with characters that few have seen',
    message(FROM, '<body>\u0085\u2028\uFFFD\u{10FFFD}</body>'),
    `normal from ${ROMEO}: \u0085\u2028\uFFFD\u{10FFFD}`,
  ],
  [
    'a copy from somebody else',
    message(FROM, '<received xmlns="urn:xmpp:carbons:2"/>'),
    'dropped message: foreign-carbon',
  ],
  [
    'a copy of nothing',
    message(
      'from="juliet@capulet.example"',
      '<sent xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0"/></sent>',
    ),
    'dropped message: unreadable-carbon',
  ],
  [
    'an event of PubSub with nothing in it',
    message(FROM, '<event xmlns="http://jabber.org/protocol/pubsub#event"><items><item/></items></event>'),
    `normal from ${ROMEO}: undefined`,
  ],
];

export const PRESENCES: readonly Row[] = [
  ['nothing', presence(''), 'available from undefined'],
  ['of a type that nobody knows', presence(`${FROM} type="asleep"`), `unknown from ${ROMEO}`],
  ['of a type that every object has', presence(`${FROM} type="__proto__"`), `unknown from ${ROMEO}`],
  ['of an empty type', presence(`${FROM} type=""`), `unknown from ${ROMEO}`],
  ['an error without one', presence(`${FROM} type="error"`), `error from ${ROMEO}`],
  [
    'priorities that are none',
    presence(FROM, '<priority>NaN</priority><priority>99999999999999999999</priority><priority/>'),
    `available from ${ROMEO}`,
  ],
  ['shows that are none', presence(FROM, '<show>constructor</show><show><away/></show>'), `available from ${ROMEO}`],
  ['a subscription from what is no address', presence('from="@" type="subscribe"'), 'subscribe from @'],
  ['a probe', presence(`${FROM} type="probe"`), `probe from ${ROMEO}`],
  [
    'capabilities that are none',
    presence(FROM, '<c xmlns="http://jabber.org/protocol/caps" ver="__proto__"/>'),
    `available from ${ROMEO}`,
  ],
  ['as deep as may be', presence(FROM, deep(255)), `available from ${ROMEO}`],
];

const refusal = (head: string, type: string, condition: string): string =>
  `→ <iq type="error" ${head}><error type="${type}"><${condition} ${STANZAS}/></error></iq>`;
const PING = '<ping xmlns="urn:xmpp:ping"/>';
const answered = `id="q" to="${ROMEO}"`;

export const IQS: readonly Row[] = [
  ['nothing', iq(''), 'dropped iq: unreadable-iq'],
  ['a request without an id', iq(`${FROM} type="get"`, PING), 'dropped iq: unreadable-iq'],
  ['of no type', iq(`${FROM} id="q"`, PING), 'dropped iq: unreadable-iq'],
  ['of a type that nobody knows', iq(`${FROM} id="q" type="GET"`, PING), 'dropped iq: unreadable-iq'],
  ['of a type that every object has', iq(`${FROM} id="q" type="toString"`, PING), 'dropped iq: unreadable-iq'],
  ['a request for nothing', iq(`${FROM} id="q" type="get"`), refusal(answered, 'modify', 'bad-request')],
  ['a request of text', iq(`${FROM} id="q" type="set"`, 'ping'), refusal(answered, 'modify', 'bad-request')],
  [
    'a request for what nobody knows',
    iq(`${FROM} id="q" type="get"`, `<query ${EXAMPLE}/>`),
    refusal(answered, 'cancel', 'service-unavailable'),
  ],
  [
    'a request for what every object has',
    iq(`${FROM} id="q" type="get"`, '<constructor xmlns="__proto__"/>'),
    refusal(answered, 'cancel', 'service-unavailable'),
  ],
  [
    'a ping that is to be set',
    iq(`${FROM} id="q" type="set"`, PING),
    refusal(answered, 'cancel', 'feature-not-implemented'),
  ],
  ['a ping without a sender', iq('id="q" type="get"', PING), '→ <iq type="result" id="q"/>'],
  ['a ping with an empty id', iq(`${FROM} id="" type="get"`, PING), `→ <iq type="result" id="" to="${ROMEO}"/>`],
  ['a ping from what is no address', iq('from="@/@" id="q" type="get"', PING), '→ <iq type="result" id="q" to="@/@"/>'],
  [
    'a ping with an id that looks like XML',
    iq(`${FROM} id="&quot;/>&lt;message/>&amp;amp;" type="get"`, PING),
    `→ <iq type="result" id="&quot;/&gt;&lt;message/&gt;&amp;amp;" to="${ROMEO}"/>`,
  ],
  [
    'a ping with much in it',
    iq(`${FROM} id="q" type="get"`, `<ping xmlns="urn:xmpp:ping">${deep(254)}</ping>`),
    `→ <iq type="result" ${answered}/>`,
  ],
  ['a result of nothing', iq(`${FROM} id="q" type="result"`), 'dropped iq: unknown-answer'],
  ['a result without an id', iq(`${FROM} type="result"`, PING), 'dropped iq: unknown-answer'],
  ['an error without one', iq(`${FROM} id="q" type="error"`), 'dropped iq: unknown-answer'],
  ['an answer to what every object has', iq(`${FROM} id="__proto__" type="result"`), 'dropped iq: unknown-answer'],
  [
    'an error that holds the request',
    iq(`${FROM} id="q" type="error"`, `${PING}<error type="cancel"><bad-request ${STANZAS}/></error>`),
    'dropped iq: unknown-answer',
  ],
];

export const OTHERS: readonly Row[] = [
  ['in no namespace', '<message xmlns=""/>', 'dropped message: unknown-kind'],
  ['of servers', `<message xmlns="jabber:server" ${FROM}/>`, 'dropped message: unknown-kind'],
  ['of another name', `<Message ${CLIENT} ${FROM}/>`, 'dropped Message: unknown-kind'],
  ['of a name that every object has', `<__proto__ ${CLIENT}/>`, 'dropped __proto__: unknown-kind'],
  ['in a namespace that every object has', '<constructor xmlns="constructor"/>', 'dropped constructor: unknown-kind'],
  ['of the stream, by its name alone', `<features ${CLIENT}/>`, 'dropped features: unknown-kind'],
  ['of SASL, by its name alone', `<success ${CLIENT}/>`, 'dropped success: unknown-kind'],
  ['that ends streams, by its name alone', `<error ${CLIENT}/>`, 'dropped error: unknown-kind'],
];
