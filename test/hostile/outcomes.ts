import type { ScriptedPeer } from '../../src/testing/index.ts';
import { firstChildOf, serialize } from '../../src/xml/index.ts';
import type { Road } from '../client/resume-stage.ts';
import { type ClientStage, stateOf } from '../support/client-stage.ts';
import type { NegotiationStep } from '../support/negotiation-steps.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf, whenIn } from '../support/when.ts';
import { CLIENT, type Meeting, meet } from './stage.ts';

/*
 * What comes of what a server sends, told as values that a test can compare whole.
 */

/** Something that a server sends, and what comes of it, as {@link outcomeOf} tells it. */
export type Row = readonly [title: string, xml: string, ...outcome: readonly string[]];

/**
 * What the application is told, and, behind an arrow, what the client says, until it has answered the ping that follows. It ends
 * only where the stream goes on.
 */
export async function outcomeOf({ peer, heard }: Meeting, xml: string): Promise<readonly string[]> {
  const before = heard.length;
  const said: string[] = [];
  await peer.sends(xml);
  const id = await ask(peer);
  for (;;) {
    const came = await peer.receives(() => true);
    if (came.attributes.id === id) return [...heard.slice(before), ...said];
    said.push(`→ ${serialize(came, 'jabber:client')}`);
  }
}

/** The same for rows, one after the other on one stream. Each has its title in front. */
export async function outcomesOf(meeting: Meeting, rows: readonly Row[]): Promise<readonly (readonly string[])[]> {
  const outcomes: (readonly string[])[] = [];
  for (const [title, xml] of rows) outcomes.push([title, ...(await outcomeOf(meeting, xml))]);
  return outcomes;
}

/** What {@link outcomesOf} should tell. */
export function outcomesIn(rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.map(([title, _xml, ...outcome]) => [title, ...outcome]);
}

/** The stream goes on: the server asks whether the client is there, and the very next thing that comes is the answer. */
export async function goesOn(peer: ScriptedPeer): Promise<void> {
  const id = await ask(peer);
  await peer.receives(`<iq type="result" id="${id}" to="capulet.example"/>`);
}

/** What becomes of a session whose server sends what no stream may have. */
export interface Refusal {
  /** The condition of the stream error that the client answers with, before it closes the stream. */
  readonly told: string | undefined;
  readonly code: unknown;
  readonly state: string;
  readonly heard: readonly string[];
}

/** A client that is online is sent this, and refuses it. */
export async function refusalOf(
  { client, peer, heard }: Meeting,
  sent: string | Uint8Array<ArrayBuffer>,
): Promise<Refusal> {
  const failed = nextEvent(client, 'failed');
  const error = await peer.sends(sent).receives(({ name }) => name === 'error');
  await peer.receives('</stream:stream>');
  return { told: firstChildOf(error)?.name, code: codeOf((await failed).error), state: stateOf(client), heard };
}

/** What a client makes of something that happens in a state of its login. */
export interface Failure {
  readonly title: string;
  readonly code: unknown;
  /** Where it is then. */
  readonly state: string;
  /** What it says to it; payloads of SASL are masked. */
  readonly said: readonly string[];
  readonly heard: readonly string[];
}

/** Leads a client into each of these states, of which there are some, and has the server do something there. */
export async function failuresIn(
  stage: ClientStage,
  road: Road,
  steps: readonly NegotiationStep[],
  happen: (peer: ScriptedPeer) => PromiseLike<unknown>,
): Promise<readonly Failure[]> {
  if (steps.length === 0) throw new Error('No state is left to look at');
  const failures: Failure[] = [];
  for (const { title, state, reach } of steps) {
    const { client, peer, sent, heard } = await meet(stage, road);
    const failure = rejectionOf(client.online());
    await reach(peer);
    await whenIn(client, state);
    const before = sent.length;
    await happen(peer);
    failures.push({ title, code: codeOf(await failure), state: stateOf(client), said: sent.slice(before), heard });
  }
  return failures;
}

/** The code of an error of this library. */
export function codeOf(error: unknown): unknown {
  return Reflect.get(Object(error), 'code');
}

/** Asks whether the client is there; resolves with the id of the question. */
async function ask(peer: ScriptedPeer): Promise<string> {
  const id = `alive-${crypto.randomUUID()}`;
  await peer.sends(`<iq ${CLIENT} type="get" id="${id}" from="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>`);
  return id;
}
