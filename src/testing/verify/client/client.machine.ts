import { setup } from 'xstate';

/**
 * An XMPP client as a server sees it (RFC 6120; XEP-0198): what it waits for, and each move a server can make there, legal or not. The
 * events are moves, see `moves.ts`, which says how to make one and what the client has to do about it. Where the specification
 * leaves the client a choice of where to go, the target is what a careful client does. A move without a target leaves the
 * stream as it is.
 */
export const remoteClientMachine = setup({
  actions: {
    /** The client answers, and waits for the next move. */
    answer: () => {},
    /** The client says nothing at all. */
    ignore: () => {},
  },
}).createMachine({
  id: 'remoteClient',
  initial: 'plain',
  states: {
    plain: {
      description: 'A TCP connection that nobody protects.',
      initial: 'opening',
      states: {
        opening: {
          description: 'Has sent its stream header, and waits for that of the server and its features.',
          on: {
            'tls.offered': 'securing',
            'tls.offeredBesideMechanisms': 'securing',
            'tls.offeredByPrefix': 'securing',
            'tls.offeredQuoted': 'securing',
            'tls.offeredByBytes': 'securing',
            'tls.offeredAmongOthers': 'securing',
            'tls.notOffered': '#closed',
            'header.inWrongNamespace': '#closed',
            'header.ofOtherVersion': '#closed',
            'stream.error': '#closed',
            'stream.seeOtherHost': '#closed',
            'stream.closed': '#closed',
            'xml.unbalanced': '#closed',
          },
        },
        securing: {
          description: 'Has asked for TLS.',
          on: {
            'tls.proceeded': '#secure',
            'tls.failed': '#closed',
            'tls.injected': '#closed',
            'tls.otherName': '#closed',
            'tls.unknownAuthority': '#closed',
            'tls.expired': '#closed',
            'success.early': '#closed',
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
          description: 'Has opened a stream under TLS, and waits to hear how to authenticate.',
          on: {
            'auth.offered': 'authenticating',
            'auth.offeredByPrefix': 'authenticating',
            'auth.offeredByBytes': 'authenticating',
            'auth.offeredAmongOthers': 'authenticating',
            'auth.offeredUnknown': '#closed',
            'success.early': '#closed',
            'bind.early': '#closed',
            'stream.error': '#closed',
            'stream.closed': '#closed',
          },
        },
        authenticating: {
          description: 'Has chosen a mechanism, and waits for a challenge.',
          on: {
            'auth.challenged': 'challenged',
            'auth.notAuthorized': '#closed',
            'auth.temporaryFailure': '#closed',
            'auth.aborted': '#closed',
            'challenge.badBase64': '#closed',
            'challenge.malformed': '#closed',
            'challenge.foreignNonce': '#closed',
            'success.early': '#closed',
          },
        },
        challenged: {
          description: 'Has proved that it knows the password, and waits for the server to do so.',
          on: {
            'auth.succeeded': '#authenticated',
            'auth.notAuthorized': '#closed',
            'success.wrongSignature': '#closed',
            'success.withoutSignature': '#closed',
          },
        },
      },
    },
    authenticated: {
      id: 'authenticated',
      description: 'Knows the server, and is known to it.',
      initial: 'restarting',
      states: {
        restarting: {
          description: 'Has opened its stream anew.',
          on: {
            'bind.offered': 'binding',
            'bind.offeredAmongOthers': 'binding',
            'bind.offeredManaged': 'bindingManaged',
          },
        },
        binding: {
          description: 'Has asked for a resource.',
          on: {
            'bind.granted': '#online',
            'bind.grantedOther': '#online',
            'bind.grantedByBytes': '#online',
            'bind.refused': '#closed',
            'stream.closed': '#closed',
          },
        },
        bindingManaged: {
          description: 'The same, where stream management is offered.',
          on: { 'sm.bound': 'enabling' },
        },
        enabling: {
          description: 'Has asked for stream management.',
          on: { 'sm.enabled': '#managed', 'sm.enabledAndAsked': '#closed', 'sm.refused': '#online' },
        },
      },
    },
    online: {
      id: 'online',
      tags: 'online',
      description: 'The client has an address, and has said so.',
      on: {
        'iq.ping': { actions: 'answer' },
        'iq.getUnknown': { actions: 'answer' },
        'iq.setUnknown': { actions: 'answer' },
        'iq.quoted': { actions: 'answer' },
        'iq.byBytes': { actions: 'answer' },
        'iq.withCdata': { actions: 'answer' },
        'iq.behindSpace': { actions: 'answer' },
        'iq.fromStranger': { actions: 'answer' },
        'iq.resultUnasked': { actions: 'ignore' },
        'iq.errorUnasked': { actions: 'ignore' },
        'message.unknown': { actions: 'ignore' },
        'message.error': { actions: 'ignore' },
        'presence.unknown': { actions: 'ignore' },
        'roster.pushFromStranger': { actions: 'answer' },
        'features.outOfTurn': { actions: 'ignore' },
        'success.outOfTurn': { actions: 'ignore' },
        'proceed.outOfTurn': { actions: 'ignore' },
        'element.unknown': { actions: 'ignore' },
        'xml.comment': '#closed',
        'xml.instruction': '#closed',
        'xml.doctype': '#closed',
        'xml.expansion': '#closed',
        'xml.entity': '#closed',
        'xml.unbalanced': '#closed',
        'xml.unboundPrefix': '#closed',
        'xml.badUtf8': '#closed',
        'stream.error': '#closed',
        'stream.unknownError': '#closed',
        'stream.closed': '#closed',
        'connection.lost': '#closed',
        'client.stopped': '#closed',
      },
    },
    managed: {
      id: 'managed',
      tags: 'online',
      description: 'The same, and stanzas are counted (XEP-0198).',
      on: {
        'sm.request': { actions: 'answer' },
        'sm.countStanzas': { actions: 'answer' },
        'sm.ackTooHigh': '#closed',
        'sm.cut': 'suspended',
        'client.stopped': '#closed',
      },
    },
    suspended: {
      tags: 'waiting',
      description: 'Came back behind a cut, is authenticated, and has asked to resume its session.',
      on: {
        'sm.resumed': 'managed',
        'sm.resumeFailed': '#authenticated.bindingManaged',
        'sm.resumedOther': '#closed',
      },
    },
    closed: {
      id: 'closed',
      type: 'final',
      description: 'The stream is over.',
    },
  },
});
