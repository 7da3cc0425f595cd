import type { LiveActor, LiveMessage, LogEntry } from '../../src/inspect/live/protocol.ts';
import { actor, line, move, START, stanza, stay } from '../inspect/page/samples.ts';

/** A chart of the shape that `renderSvg` gives, small enough to be read. */
export const CHART = `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 400 200" width="400" height="200">
  <g class="state compound root" data-state="">
    <g class="state atomic" data-state="offline"><title>No connection.</title><rect class="box" x="10" y="80" width="80" height="30"/></g>
    <g class="state compound" data-state="linked"><title>A connection.</title><rect class="box" x="150" y="20" width="230" height="160"/>
      <g class="state atomic" data-state="linked.opening"><title>Waits for the header.</title><rect class="box" x="170" y="40" width="90" height="30"/></g>
      <g class="state atomic tag-online" data-state="linked.online"><title>Logged in.</title><rect class="box" x="170" y="120" width="90" height="30"/></g>
    </g>
  </g>
  <g class="transitions">
    <g class="transition" data-source="offline" data-target="linked.opening" data-event="start"><path class="trace" d="M90 95L170 55"/></g>
    <g class="transition" data-source="linked.opening" data-target="linked.online" data-event="bound"><path class="trace" d="M210 70L210 120"/></g>
    <g class="transition" data-source="linked" data-target="offline" data-event="stop"><path class="trace" d="M150 100L90 100"/></g>
  </g>
</svg>`;

/** Another one, of another actor. */
export const SESSION_CHART = `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 100 100">
  <g class="state compound root" data-state=""><g class="state atomic" data-state="live"><title>Lives.</title><rect class="box" x="10" y="10" width="60" height="30"/></g></g>
</svg>`;

/** Text that does harm wherever it is taken for markup. */
export const HARM = '<img src="x" onerror="window.harmed=1"><script>window.harmed=1</script>';

/** A body as it stands in XML. */
const ESCAPED = HARM.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const WHOLE_LENGTH = 5000;

/** A login, a message in each direction, and what became of one. */
export const ENTRIES: readonly LogEntry[] = [
  line(1, move('start', 'linked.opening')),
  line(2, { kind: 'event', event: 'xstate.init', detail: '' }, { actor: 't', name: 'transport' }),
  line(3, stanza('<stream:features><bind xmlns="urn:b"/></stream:features>'), { actor: 't', name: 'transport' }),
  line(4, stay('features.received', 'linked.opening')),
  line(5, move('bound', 'linked.online')),
  line(6, move('session.begin', 'live'), { actor: 's', name: 'session' }),
  line(7, stanza('<message to="romeo@montague.example" id="1"><body>Hear me</body></message>', 'SEND'), {
    actor: 't',
    name: 'transport',
  }),
  line(8, { kind: 'delivery', of: 7, state: 'written', detail: '' }),
  line(
    9,
    {
      kind: 'stanza',
      direction: 'RECV',
      xml: `<message from="romeo@montague.example"><body>${ESCAPED}</body><thread>x`,
      length: WHOLE_LENGTH,
      isSummary: false,
    },
    { actor: 't', name: 'transport' },
  ),
  line(10, { kind: 'delivery', of: 7, state: 'acknowledged', detail: HARM }),
];

/** The whole text of the entry that was shortened. */
export const WHOLE = `<message from="romeo@montague.example"><body>${ESCAPED}</body><thread>${'x'.repeat(4000)}</thread></message>`;

/** The client, in the states that are given. */
function actorsOf(client: string, ...states: string[]): readonly LiveActor[] {
  const root = actor(client, 'client', undefined, ...states);
  const since = { linked: START, 'linked.opening': START, 'linked.online': START };
  const deadlines = [{ state: 'linked.opening', name: 'openDeadline', at: Date.now() + 3_600_000 }];
  return [
    { ...root, since, deadlines: states.includes('linked.opening') ? deadlines : [] },
    actor('s', 'session', client, 'live'),
    { ...actor('t', 'transport', client), chart: undefined },
  ];
}

/** What the server says of a client. */
export function actorsMessage(client: string, ...states: string[]): Extract<LiveMessage, { type: 'actors' }> {
  const [state = ''] = states;
  return {
    type: 'actors',
    client,
    actors: actorsOf(client, ...states),
    explanation: {
      state,
      sentence: `The client is in ${state}, for 3.0 s: It ${HARM} is here. Try \`stop\`.`,
      description: '',
      summary: `It ${HARM} is here.`,
      since: Date.now(),
      waitsFor: ['bound'],
      until: { at: Date.now() + 3_600_000, next: 'offline' },
      last: 'start',
      next: ['linked.online'],
      advice: ['Try `stop`.'],
    },
  };
}

/** Which clients there are. */
export function clientsMessage(...names: string[]): LiveMessage {
  return { type: 'clients', clients: names.map((name, index) => ({ id: index === 0 ? 'c' : `c${index}`, name })) };
}

/** Lines for all pages. */
export function entriesMessage(entries: readonly LogEntry[], dropped = 0): LiveMessage {
  return { type: 'entries', entries, dropped };
}
