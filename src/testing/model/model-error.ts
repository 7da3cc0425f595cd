import { XmppError, type XmppErrorDetails } from '../../errors/index.ts';

/** A machine could not be explored or walked as it was asked for. The message says where, and the hint what to do. */
export class ModelError extends XmppError {
  override readonly name = 'ModelError';
  override readonly level = 'model';
  /**
   * `start-failed`: the machine fails before its first event. `step-failed`: an event makes it throw. `unbounded`: it has more nodes than
   * the limit. `missing-cases`: it handles events that the table of cases says nothing of. `unknown-case`: the table names events that
   * no state handles, or an entry is not what its event consists of. `case-failed`: an entry of the table threw. `broken-invariant`: an invariant does not hold. `no-way`: no walk
   * fulfils what was asked for. `left-the-model`: an actor did something else than the graph says. `no-play`: nothing is there that makes the
   * event of a step happen.
   */
  declare readonly condition:
    | 'start-failed'
    | 'step-failed'
    | 'unbounded'
    | 'missing-cases'
    | 'unknown-case'
    | 'case-failed'
    | 'broken-invariant'
    | 'no-way'
    | 'left-the-model'
    | 'no-play';

  constructor(message: string, details: XmppErrorDetails & { readonly condition: ModelError['condition'] }) {
    super(message, details);
  }
}
