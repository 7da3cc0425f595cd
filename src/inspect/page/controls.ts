import type { LiveAnswer, LiveCommand } from '../live/protocol.ts';
import { button, play, setAttribute } from './elements.ts';
import type { View } from './page-state.ts';
import { phaseOf } from './phase.ts';
import { createSendDialog } from './send-dialog.ts';

/** The buttons that send real events to the client. */
export interface Controls {
  show(view: View): void;
}

type PlainType = Exclude<LiveCommand['type'], 'send'>;

interface Command {
  readonly type: PlainType;
  readonly label: string;
  readonly title: string;
  /** What it takes for this to do anything; `undefined` if that is given. */
  readonly lacks: (view: View) => string | undefined;
}

const COMMANDS: readonly Command[] = [
  { type: 'start', label: 'Start', title: 'Connect', lacks: isIn(['offline', 'failed'], 'It is started already') },
  {
    type: 'stop',
    label: 'Stop',
    title: 'Close the stream in good order',
    lacks: isNotIn(['offline'], 'It is offline'),
  },
  {
    type: 'drop',
    label: 'Drop the socket',
    title: 'Cut the connection without a word, as a network does',
    lacks: isIn(['connecting', 'online'], 'There is no connection to cut'),
  },
  { type: 'network.offline', label: 'Network offline', title: 'Tell it that the network is gone', lacks: always },
  { type: 'network.online', label: 'Network online', title: 'Tell it that the network is back', lacks: always },
  {
    type: 'reconnect.now',
    label: 'Reconnect now',
    title: 'Do not wait any longer',
    lacks: isIn(['waiting'], 'It is not waiting to reconnect'),
  },
];

/** `say` shows what is wrong, in words for people; an empty text takes it away. */
export function createControls(
  root: HTMLElement,
  send: (command: LiveCommand) => Promise<LiveAnswer>,
  say: (text: string) => void,
): Controls {
  play(root, 'group', 'Events to send to the client', false);
  let view: View | undefined;
  const buttons = COMMANDS.map((command) => ({
    command,
    element: button(command.label, () => void give(command.type), { 'data-command': command.type }),
  }));
  const dialog = createSendDialog(send);
  const compose = button('Send a stanza…', () => view && dialog.open(view.live), { class: 'primary' });
  root.append(...buttons.map(({ element }) => element), compose);

  return {
    show(next) {
      view = next;
      const past = whyNot(next);
      for (const { command, element } of buttons) enable(element, past ?? command.lacks(next), command.title);
      enable(compose, past, 'Type a stanza, and send it');
    },
  };

  async function give(type: PlainType): Promise<void> {
    if (!view) return;
    const answer = await send({ type, client: view.live.id });
    say(answer.ok ? '' : answer.message);
  }
}

/** A button keeps the focus also while it does nothing; it says why. */
function enable(element: HTMLElement, lacks: string | undefined, title: string): void {
  setAttribute(element, 'aria-disabled', lacks === undefined ? undefined : 'true');
  setAttribute(element, 'title', lacks ?? title);
}

/** Why nothing at all can be sent. */
function whyNot({ live, state }: View): string | undefined {
  if (live.source === 'recording') return 'A recording: there is no client to send to';
  if (live.isGone) return 'This client is gone';
  if (state.link !== 'connected') return 'The inspector does not answer';
  return state.travel ? 'You look at the past: go back to live first' : undefined;
}

function isIn(phases: readonly string[], otherwise: string) {
  return ({ actors }: View): string | undefined => {
    const phase = phaseOf(actors[0]?.states ?? []);
    return phase === 'unknown' || phases.includes(phase) ? undefined : otherwise;
  };
}

function isNotIn(phases: readonly string[], otherwise: string) {
  return ({ actors }: View): string | undefined =>
    phases.includes(phaseOf(actors[0]?.states ?? [])) ? otherwise : undefined;
}

function always(): undefined {
  return undefined;
}
