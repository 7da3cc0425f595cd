/** Namespace of the stream itself: header, features and errors (RFC 6120 §4.8.1). */
export const NS_STREAM = 'http://etherx.jabber.org/streams';
/** STARTTLS (RFC 6120 §5). */
export const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
/** SASL (RFC 6120 §6). */
export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
/** Resource binding (RFC 6120 §7). */
export const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
/** The session of RFC 3921 §3, which servers still announce for old clients. */
export const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';
/** Stream management, version 3 (XEP-0198). */
export const NS_SM = 'urn:xmpp:sm:3';
