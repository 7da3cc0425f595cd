import process from 'node:process';
import * as xmpp from '../../src/node.ts';

/*
 * The package as the programs import it, but every client connects to the server that the test has: the program itself stays as
 * it is printed.
 */

export { clientFor, clientMachine, element } from '../../src/node.ts';

/** Where the server is, for the process of the program. */
export const WEBSOCKET = 'EXAMPLE_WEBSOCKET';

export function clientInput(options: xmpp.ClientOptions): xmpp.ClientInput {
  const websocket = process.env[WEBSOCKET];
  if (websocket === undefined) throw new Error(`Expected ${WEBSOCKET} in the environment`);
  return xmpp.clientInput({ ...options, websocket, reconnect: () => 0 });
}
