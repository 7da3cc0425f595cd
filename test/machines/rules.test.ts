import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { describe, expect, it } from 'vitest';
import { authenticationMachine, clientMachine, sessionMachine } from '../../machines/index.ts';

/** Every machine of the library; `test/layers.test.ts` makes sure that no machine file is missing here. */
const machines: readonly AnyStateMachine[] = [clientMachine, authenticationMachine, sessionMachine];
