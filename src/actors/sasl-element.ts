import type { TransportCommand } from '../../machines/contracts.ts';
import {
  buildAbort,
  buildAuth,
  buildAuthenticate,
  buildResponse,
  buildSasl2Abort,
  buildSasl2Response,
} from '../sasl/index.ts';
import type { Element } from '../xml/index.ts';

/** What the chart wants said in an authentication. */
export type SaslCommand = Extract<TransportCommand, { type: `sasl.${string}` }>;

/** The element that says it, in the profile of RFC 6120 §6.4 or that of XEP-0388. */
export function buildSaslElement(command: SaslCommand): Element {
  switch (command.type) {
    case 'sasl.authenticate': {
      const { mechanism, payload, along } = command;
      return along ? buildAuthenticate({ mechanism, initial: payload, ...along }) : buildAuth(mechanism, payload);
    }
    case 'sasl.respond':
      return command.profile === 'sasl2' ? buildSasl2Response(command.payload) : buildResponse(command.payload);
    case 'sasl.abort':
      return command.profile === 'sasl2' ? buildSasl2Abort() : buildAbort();
  }
}
