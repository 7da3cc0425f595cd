/** What the scripted server can send: a chat message of 250 bytes, or a PubSub event of 20 KB with {@link ITEMS} items. */
export type StanzaKind = 'small' | 'large';

/** Items in one large event. */
export const ITEMS = 40;

/** As many different stanzas of a kind as are sent in turn, from a quarter as many senders: no cache of one entry helps. */
export const VARIANTS: Readonly<Record<StanzaKind, number>> = { small: 64, large: 4 };

/** What a peer reads of an item. */
export interface BenchItem {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly link: string;
  readonly published: string;
  readonly updated: string;
}

export const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';
export const NS_ATOM = 'http://www.w3.org/2005/Atom';

const SENTENCE = 'But, soft! What light through yonder window breaks? It is the east, and Juliet is the sun. ';
const SMALL_BYTES = 250;
const SUMMARY_LENGTH = 133;

/** The text of one stanza. Over WebSocket each one declares its namespace (RFC 7395 §3.3.3). */
export function stanzaText(kind: StanzaKind, variant: number, transport: 'tcp' | 'ws'): string {
  const namespace = transport === 'ws' ? ' xmlns="jabber:client"' : '';
  return kind === 'small' ? smallText(variant, namespace) : largeText(variant, namespace);
}

/** Length of all that a peer reads of one stanza, in UTF-16 units: shows that it read everything, and decoded it. */
export function readLength(kind: StanzaKind, variant: number): number {
  if (kind === 'small') return bodyOf(variant).length;
  return range(ITEMS).reduce((sum, item) => sum + itemLength(itemOf(variant, item)), 0);
}

export function itemLength({ id, title, summary, link, published, updated }: BenchItem): number {
  return id.length + title.length + summary.length + link.length + published.length + updated.length;
}

function smallText(variant: number, namespace: string): string {
  return smallAround(variant, namespace, encode(bodyOf(variant)));
}

function smallAround(variant: number, namespace: string, body: string): string {
  const sender = `benvolio${variant >> 2}@montague.example/orchard`;
  return (
    `<message${namespace} from="${sender}" to="juliet@capulet.example/balcony" type="chat" id="m${1000 + variant}">` +
    `<body>${body}</body><active xmlns="http://jabber.org/protocol/chatstates"/></message>`
  );
}

/** Fills the message up to its size. Every eighth has a character that is escaped, another one that is not ASCII. */
function bodyOf(variant: number): string {
  const start = variant % 8 === 0 ? 'Romeo & Juliet: ' : variant % 8 === 1 ? 'Roméo et Juliette : ' : '';
  const room = SMALL_BYTES - Buffer.byteLength(smallAround(variant, '', encode(start)));
  return start + SENTENCE.slice(0, room);
}

function largeText(variant: number, namespace: string): string {
  const items = range(ITEMS).map((item) => itemText(itemOf(variant, item)));
  return (
    `<message${namespace} from="pubsub${variant}.capulet.example" to="juliet@capulet.example/balcony" type="headline" ` +
    `id="e${1000 + variant}"><event xmlns="${NS_EVENT}"><items node="princely_musings">${items.join('')}</items></event></message>`
  );
}

function itemText({ id, title, summary, link, published, updated }: BenchItem): string {
  return (
    `<item id="${id}" publisher="hamlet@denmark.example"><entry xmlns="${NS_ATOM}"><title>${encode(title)}</title>` +
    `<summary>${encode(summary)}</summary><link rel="alternate" type="text/html" href="${encode(link)}"/>` +
    `<published>${published}</published><updated>${updated}</updated></entry></item>`
  );
}

function itemOf(variant: number, item: number): BenchItem {
  const id = (variant * ITEMS + item + 0xae890ac5).toString(16);
  return {
    id,
    title: `Soliloquy ${item} & answer`,
    summary: SENTENCE.repeat(2).slice(item % 8, SUMMARY_LENGTH),
    link: `http://denmark.example/2003/12/13/atom?entry=${id}&part=${item}`,
    published: '2003-12-13T18:30:02Z',
    updated: `2003-12-13T18:30:${10 + item}Z`,
  };
}

function encode(text: string): string {
  return text.replaceAll('&', '&amp;');
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
