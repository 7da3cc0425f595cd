import { clientMachine } from '../../../machines/index.ts';
import {
  explore,
  type ModelGraph,
  performWalk,
  type TransitionId,
  tours,
  type Walk,
  walkBy,
} from '../../../src/testing/model/index.ts';
import { clientKey } from '../cases/client.ts';
import { clientSubject } from '../subjects/client.ts';
import type { PerformedScene } from './scenes.ts';
import { Stage } from './stage.ts';
import { readTurns } from './turn.ts';
import { isExchanging, offers } from './turns.login.ts';

type Machine = typeof clientMachine;

const machine = clientSubject.prepare(clientMachine);

/** A scene that was set: what can happen there, and a client that it can happen to. */
export interface Performance {
  readonly graph: ModelGraph<Machine>;
  /** Walks that take everything that can be caused. */
  tours(cover: 'steps' | 'transitions'): Walk<Machine>[];
  /** A walk by choices among what can be caused. */
  walkBy(choices: readonly number[]): Walk<Machine>;
  /** Walks the client through it. */
  perform(walk: Walk<Machine>): Promise<readonly TransitionId[]>;
  end(): Promise<void>;
}

/** Sets a scene, takes tours of it, each with a client and a server of its own, and tells which transitions were taken. */
export async function performTours(scene: PerformedScene, cover: 'steps' | 'transitions'): Promise<TransitionId[]> {
  const taken: TransitionId[] = [];
  const perform = async (index: number): Promise<number> => {
    const performance = await setScene(scene);
    try {
      const walks = performance.tours(cover);
      const walk = walks[index];
      if (walk) taken.push(...(await performance.perform(walk)));
      return walks.length;
    } finally {
      await performance.end();
    }
  };
  const count = await perform(0);
  for (let index = 1; index < count; index++) await perform(index);
  return taken;
}

/**
 * Sets a scene: the chart is explored with the settings of the real client, and with nothing that cannot be caused. Where the same scene
 * was set before, and no port is in it, its graph will do.
 */
export async function setScene(scene: PerformedScene, known?: ModelGraph<Machine>): Promise<Performance> {
  const stage = await Stage.open(scene);
  const { cases, turnFor } = readTurns(scene.turns(stage.server), !scene.listen.websocket);
  const { actor } = stage.client;
  const graph = known ?? explore(machine, { input: actor.getSnapshot().context.settings, cases, key });
  const only = (edge: Parameters<typeof turnFor>[0]): boolean => turnFor(edge) !== undefined;
  return {
    graph,
    tours: (cover) => tours(graph, { cover, only }),
    walkBy: (choices) => walkBy(graph, choices, only),
    perform: (walk) =>
      performWalk(graph, walk, {
        actor,
        play: (step) => {
          const turn = turnFor(step);
          return turn && (async (_step, ahead) => turn(stage, ahead));
        },
      }),
    end: () => stage.close(),
  };
}

/** Whether a login can be answered depends on what was offered. */
function key(snapshot: ReturnType<Machine['transition']>): unknown {
  return [clientKey(snapshot), isExchanging(snapshot) && offers(snapshot)];
}
