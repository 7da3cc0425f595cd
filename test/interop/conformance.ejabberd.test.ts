import { startEjabberd } from '../support/ejabberd.ts';
import { describeWith } from '../support/server-suite.ts';
import type { Explanations } from './conformance.report.ts';
import { describeConformance } from './conformance.suite.ts';

const IGNORED = 'The parser drops what the RFC forbids in a stream, and goes on as if nothing had come.';
const UNKNOWN =
  'It drops the element without a word. The RFC defines unsupported-stanza-type for this, without a keyword that demands it.';
const ENCODING =
  'The login fails, as it must, with not-authorized and the text "Response decoding failed". The RFC defines incorrect-encoding for this.';
const COUNT =
  'The stream is closed with undefined-condition; what is missing is the element handled-count-too-high, which came into the XEP in 2018. The text of the error says it.';

/** Read against RFC 6120, RFC 6121 and version 1.6.3 of XEP-0198. */
const EXPLANATIONS: Explanations = {
  'plain.opening stream.toUnknownHost': {
    whose: 'theirs',
    why: 'The response header repeats the domain of the client in `from`. The RFC wants a domain that the server really serves, or an empty text; the error and the end of the stream are right.',
  },
  'secure.opening stream.toUnknownHost': {
    whose: 'theirs',
    why: 'Under TLS the header is not looked at again: it answers in the name of a domain that it does not serve, and offers mechanisms there.',
  },
  'plain.opening stream.ofUnknownContent': {
    whose: 'allowed',
    why: 'The stream is closed, with invalid-xml. The RFC defines invalid-namespace for this, without a keyword that demands it.',
  },
  'plain.negotiating bind.beforeTls': {
    whose: 'allowed',
    why: 'The stream is closed, with policy-violation and the text "Use of STARTTLS required". That is what is wrong, and it is less than not-authorized says.',
  },
  'plain.negotiating message.beforeTls': {
    whose: 'theirs',
    why: 'The stream is closed, with policy-violation and the text "Use of STARTTLS required". The section names not-authorized, and no other.',
  },
  'secure.authenticating tls.again': {
    whose: 'theirs',
    why: 'The failure comes; the stream and the connection stay, although the section ends both. A server that did not offer STARTTLS is one of the causes that it lists.',
  },
  'secure.authenticating auth.badBase64': { whose: 'allowed', why: ENCODING },
  'secure.challenged response.badBase64': { whose: 'allowed', why: ENCODING },
  'authenticated.binding bind.tooLong': {
    whose: 'allowed',
    why: 'It answers with bad-request. The section permits that, and would rather have a resource made of what was asked for; nothing useful can be made of a name that is too long.',
  },
  'authenticated.binding message.beforeBind': {
    whose: 'theirs',
    why: 'Nothing comes back, and the stream stays open. The RFC has it closed.',
  },
  'bound iq.pingToNobody': {
    whose: 'theirs',
    why: 'A ping to an account is answered by the server whether the account exists or not. Other requests to nobody come back with service-unavailable, as `iq.toNobody` shows. The answer tells nobody which accounts there are.',
  },
  'bound message.toNoAddress': {
    whose: 'allowed',
    why: 'It answers with bad-request, whose text names the attribute. The RFC defines jid-malformed for this, without a keyword that demands it.',
  },
  'bound stanza.unknownName': { whose: 'allowed', why: UNKNOWN },
  'bound element.unknown': { whose: 'allowed', why: UNKNOWN },
  'plain.negotiating element.unknown': { whose: 'allowed', why: UNKNOWN },
  'plain.negotiating xml.comment': { whose: 'theirs', why: IGNORED },
  'plain.negotiating xml.instruction': { whose: 'theirs', why: IGNORED },
  'bound xml.comment': { whose: 'theirs', why: IGNORED },
  'bound xml.instruction': { whose: 'theirs', why: IGNORED },
  'managed sm.enableAgain': {
    whose: 'allowed',
    why: 'It answers with failed and unexpected-request, which is what the example of the section shows; its text has a stream error as a SHOULD. The stream can be used as before.',
  },
  'managed sm.ackTooHigh': { whose: 'theirs', why: COUNT },
  'suspended sm.resumeTooHigh': { whose: 'theirs', why: COUNT },
};

describeWith('ejabberd', 'ejabberd', () => describeConformance('ejabberd', startEjabberd, EXPLANATIONS));
