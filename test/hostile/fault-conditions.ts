import type { FailureClass } from '../../machines/index.ts';
import type { StreamErrorCondition } from '../../src/node.ts';
import { STREAM_CLASSES } from '../support/stream-classes.ts';

/** An error that ends a stream, and what a client hears. */
export interface ServerError {
  readonly title: string;
  /** Without the closing tag of the stream. */
  readonly xml: string;
  readonly condition: StreamErrorCondition;
  readonly failureClass: FailureClass;
  readonly text: string | undefined;
  /** The name of the application-specific condition (RFC 6120 §4.9.4). */
  readonly application: string | undefined;
}

const STREAMS = 'xmlns="urn:ietf:params:xml:ns:xmpp-streams"';
const TEXT = `<text ${STREAMS} xml:lang="en">Good night, good night</text>`;
const APPLICATION = '<parting xmlns="urn:example:capulet" sweet="sorrow"/>';

/** Every defined condition, alone and with all that may come with it; and what is none. */
export const SERVER_ERRORS: readonly ServerError[] = [
  ...(Object.keys(STREAM_CLASSES) as StreamErrorCondition[]).flatMap((condition) => [
    error(condition, condition, `<${condition} ${STREAMS}/>`),
    error(`${condition}, with a text and more`, condition, `<${condition} ${STREAMS}/>${TEXT}${APPLICATION}`),
  ]),
  error('conflict, with a text', 'conflict', `<conflict ${STREAMS}/>${TEXT}`),
  error('conflict, behind more', 'conflict', `${APPLICATION}<conflict ${STREAMS}/>`),
  error('a condition that nobody defined', 'undefined-condition', `<parting ${STREAMS}/>`),
  error(
    'a condition that nobody defined, with a text and more',
    'undefined-condition',
    `<parting ${STREAMS}/>${TEXT}${APPLICATION}`,
  ),
  error('a condition of RFC 3920', 'not-well-formed', `<xml-not-well-formed ${STREAMS}/>`),
  error('a condition of another namespace', 'undefined-condition', APPLICATION),
  error('no condition', 'undefined-condition', ''),
];

/** One of each class, and one that nobody defined: for ways on which all of them would take too long. */
export const SOME_SERVER_ERRORS = SERVER_ERRORS.filter(({ title }) =>
  [
    'conflict, with a text',
    'host-unknown',
    'system-shutdown',
    'a condition that nobody defined, with a text and more',
  ].includes(title),
);

function error(title: string, condition: StreamErrorCondition, inner: string): ServerError {
  return {
    title,
    xml: `<stream:error xmlns:stream="http://etherx.jabber.org/streams">${inner}</stream:error>`,
    condition,
    failureClass: STREAM_CLASSES[condition],
    text: inner.includes(TEXT) ? 'Good night, good night' : undefined,
    application: inner.includes(APPLICATION) ? 'parting' : undefined,
  };
}
