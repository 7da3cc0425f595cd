import { setup } from 'xstate';

/**
 * An XMPP server as a client sees it (RFC 6120; XEP-0198): what it waits for, and each move a client can make there, legal or not. The
 * events are moves, see `moves.ts`, which says how to make one and what the server has to do about it. Where the specification
 * leaves the server a choice of where to go, the target is what a server does that follows every SHOULD. A move
 * without a target leaves the stream as it is.
 */
export const serverMachine = setup({
  actions: {
    /** The server answers, and waits for the next move. */
    answer: () => {},
    /** The server says nothing at all. */
    ignore: () => {},
  },
}).createMachine({
  id: 'server',
  initial: 'plain',
  states: {
    plain: {
      description: 'A TCP connection that nobody protects.',
      initial: 'opening',
      states: {
        opening: {
          description: 'Waits for a stream header.',
          on: {
            'stream.open': 'negotiating',
            'stream.toUnknownHost': '#closed',
            'stream.inWrongNamespace': '#closed',
            'stream.ofUnknownContent': '#closed',
            'stream.withoutXml': '#closed',
          },
        },
        negotiating: {
          description: 'Has said what it offers, and waits for STARTTLS.',
          on: {
            'tls.start': '#secure',
            'auth.beforeTls': { actions: 'answer' },
            'bind.beforeTls': '#closed',
            'message.beforeTls': '#closed',
            'element.unknown': '#closed',
            'xml.comment': '#closed',
            'xml.instruction': '#closed',
            'xml.doctype': '#closed',
            'xml.unbalanced': '#closed',
            'stream.close': '#closed',
          },
        },
      },
    },
    secure: {
      id: 'secure',
      description: 'Under TLS.',
      initial: 'opening',
      states: {
        opening: {
          on: { 'stream.open': 'authenticating', 'stream.toUnknownHost': '#closed' },
        },
        authenticating: {
          description: 'Waits for the client to say who it is.',
          on: {
            'auth.scram': '#authenticated',
            'auth.begin': 'challenged',
            'auth.wrongPassword': { actions: 'answer' },
            'auth.unknownMechanism': { actions: 'answer' },
            'auth.withoutMechanism': { actions: 'answer' },
            'auth.badBase64': { actions: 'answer' },
            'tls.again': '#closed',
            'bind.beforeAuth': '#closed',
            'message.beforeAuth': '#closed',
            'enable.beforeAuth': { actions: 'answer' },
            'stream.close': '#closed',
          },
        },
        challenged: {
          description: 'Has sent a SCRAM challenge, and waits for the response.',
          on: {
            'auth.abort': { target: 'authenticating' },
            'response.wrongProof': { target: 'authenticating' },
            'response.badBase64': { target: 'authenticating' },
            'auth.again': '#authenticated',
          },
        },
      },
    },
    authenticated: {
      id: 'authenticated',
      description: 'Knows who the client is.',
      initial: 'opening',
      states: {
        opening: { on: { 'stream.open': 'binding' } },
        binding: {
          description: 'Waits for a resource to be bound.',
          on: {
            'bind.generated': '#bound',
            'bind.requested': '#bound',
            'bind.tooLong': '#bound',
            'message.beforeBind': '#closed',
            'enable.beforeBind': { actions: 'answer' },
            'resume.unknown': { actions: 'answer' },
            'stream.close': '#closed',
          },
        },
      },
    },
    bound: {
      id: 'bound',
      tags: 'online',
      description: 'The client has an address, and stanzas are routed.',
      on: {
        'iq.ping': { actions: 'answer' },
        'iq.unknownNamespace': { actions: 'answer' },
        'iq.toOwnAccount': { actions: 'answer' },
        'iq.withoutTo': { actions: 'answer' },
        'iq.withoutId': { actions: 'answer' },
        'iq.withoutChild': { actions: 'answer' },
        'iq.twoChildren': { actions: 'answer' },
        'iq.unknownType': { actions: 'answer' },
        'iq.withoutType': { actions: 'answer' },
        'iq.resultUnasked': { actions: 'ignore' },
        'iq.errorUnasked': { actions: 'ignore' },
        'iq.toNobody': { actions: 'answer' },
        'iq.pingToNobody': { actions: 'answer' },
        'iq.toNoResource': { actions: 'answer' },
        'message.toSelf': { actions: 'answer' },
        'message.wrongFrom': { actions: 'answer' },
        'message.tenThousandBytes': { actions: 'answer' },
        'message.toNobody': { actions: 'answer' },
        'message.errorToNobody': { actions: 'ignore' },
        'message.toNoServer': { actions: 'answer' },
        'message.toNoAddress': { actions: 'answer' },
        'bind.again': { actions: 'answer' },
        'element.unknown': '#closed',
        'stanza.unknownName': '#closed',
        'xml.comment': '#closed',
        'xml.instruction': '#closed',
        'xml.doctype': '#closed',
        'xml.entity': '#closed',
        'xml.unbalanced': '#closed',
        'xml.unboundPrefix': '#closed',
        'xml.badUtf8': '#closed',
        'sm.enable': '#managed',
        'stream.close': '#closed',
      },
    },
    managed: {
      id: 'managed',
      tags: 'online',
      description: 'The same, and stanzas are counted (XEP-0198).',
      on: {
        'sm.request': { actions: 'answer' },
        'sm.countMessage': { actions: 'answer' },
        'sm.enableAgain': '#closed',
        'sm.ackTooHigh': '#closed',
        'sm.resumeUnknown': { actions: 'answer' },
        'sm.cut': 'suspended',
        'stream.close': '#closed',
      },
    },
    suspended: {
      tags: 'waiting',
      description: 'The connection was cut, and the client is back on another, authenticated.',
      on: {
        'sm.resume': 'managed',
        'sm.resumeTooHigh': '#closed',
        'sm.resumeUnknown': { actions: 'answer' },
        'bind.generated': 'bound',
      },
    },
    closed: {
      id: 'closed',
      type: 'final',
      description: 'The stream is over.',
    },
  },
});
