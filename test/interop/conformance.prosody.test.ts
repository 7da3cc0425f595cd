import { startProsody } from '../support/prosody.ts';
import { describeWith } from '../support/server-suite.ts';
import type { Explanations } from './conformance.report.ts';
import { describeConformance } from './conformance.suite.ts';

const COMMENT =
  'The stream is closed, as it must be; the parser sees what is forbidden as an error of syntax, and the condition says so instead of naming the restriction.';

/** Read against RFC 6120, RFC 6121 and version 1.6.3 of XEP-0198. */
const EXPLANATIONS: Explanations = {
  'plain.opening stream.toUnknownHost': {
    whose: 'theirs',
    why: 'The response header repeats the domain of the client in `from`. The RFC wants a domain that the server really serves, or an empty text; the error and the end of the stream are right.',
  },
  'plain.opening stream.ofUnknownContent': {
    whose: 'allowed',
    why: 'It never looks at the default namespace of the header, and sends features. The RFC defines invalid-namespace for this, without a keyword that demands it; whatever stanza follows in such a namespace is unsupported there.',
  },
  'plain.negotiating bind.beforeTls': {
    whose: 'allowed',
    why: 'Nothing is bound, which is what the MUST NOT of the section is about. It answers with a stanza error not-authorized where the RFC has a stream error of that name, and keeps the stream.',
  },
  'secure.authenticating bind.beforeAuth': {
    whose: 'allowed',
    why: 'As before TLS: nothing is bound, and a stanza error says not-authorized.',
  },
  'plain.negotiating message.beforeTls': {
    whose: 'theirs',
    why: 'The message comes back as a stanza error service-unavailable, and the stream stays open. The RFC has it closed.',
  },
  'secure.authenticating message.beforeAuth': {
    whose: 'theirs',
    why: 'As before TLS: a stanza error service-unavailable instead of the end of the stream.',
  },
  'authenticated.binding message.beforeBind': {
    whose: 'theirs',
    why: 'As before authentication: a stanza error service-unavailable instead of the end of the stream.',
  },
  'secure.authenticating tls.again': {
    whose: 'theirs',
    why: 'The failure comes; the stream and the connection stay, although the section ends both. A server that did not offer STARTTLS is one of the causes that it lists.',
  },
  'bound iq.pingToNobody': {
    whose: 'theirs',
    why: 'A ping to an account is answered by the server whether the account exists or not. Other requests to nobody come back with service-unavailable, as `iq.toNobody` shows. The answer tells nobody which accounts there are.',
  },
  'plain.negotiating xml.comment': { whose: 'theirs', why: COMMENT },
  'plain.negotiating xml.instruction': { whose: 'theirs', why: COMMENT },
  'bound xml.comment': { whose: 'theirs', why: COMMENT },
  'bound xml.instruction': { whose: 'theirs', why: COMMENT },
  'managed sm.enableAgain': {
    whose: 'allowed',
    why: 'It answers with failed and unexpected-request, which is what the example of the section shows; its text has a stream error as a SHOULD. The stream can be used as before.',
  },
  'managed sm.ackTooHigh': {
    whose: 'theirs',
    why: 'The stream is closed with undefined-condition; what is missing is the element handled-count-too-high, which came into the XEP in 2018. The text of the error says it.',
  },
  'suspended sm.resumeTooHigh': {
    whose: 'theirs',
    why: 'By its log it answers with failed and a stream error. Then it takes the same element once more, for one that it does not know, and the connection ends before anything has gone out: the client hears nothing.',
  },
};

describeWith('prosody', 'Prosody', () => describeConformance('prosody', startProsody, EXPLANATIONS));
