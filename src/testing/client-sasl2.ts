import {
  buildAuthenticate,
  buildSasl2Response,
  NS_BIND2,
  NS_SASL2,
  parseSasl2Element,
  type UserAgent,
} from '../sasl/index.ts';
import type { Element } from '../xml/index.ts';
import { type ClientAuthenticateOptions, exchangeSasl } from './client-sasl.ts';
import { parseFragment } from './expectation.ts';
import type { ScriptedLine } from './scripted-line.ts';

/** How a scripted client logs in by SASL2. */
export interface ClientSasl2Options extends ClientAuthenticateOptions {
  /** XML of what is negotiated along with it; Bind 2 without any features. */
  readonly inline?: string | undefined;
  /** What the client says about itself; a new id. */
  readonly userAgent?: UserAgent | undefined;
}

/** From the features to the outcome (XEP-0388 §2.6). */
export function exchangeSasl2(line: ScriptedLine, options: ClientSasl2Options): Promise<Element> {
  const { inline = `<bind xmlns="${NS_BIND2}"/>`, userAgent = { id: globalThis.crypto.randomUUID() } } = options;
  const extras = parseFragment(`<inline>${inline}</inline>`).children.filter((child) => typeof child !== 'string');
  return exchangeSasl(line, options, {
    namespace: NS_SASL2,
    begin: (mechanism, initial) => buildAuthenticate({ mechanism, initial, userAgent, inline: extras }),
    respond: buildSasl2Response,
    read: parseSasl2Element,
  });
}
