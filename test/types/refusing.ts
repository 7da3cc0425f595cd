import type { AnyActorLogic, AnyActorRef, AnyStateMachine, Observer } from 'xstate';

/** Types whose properties are no options of ours. */
type Whole =
  | AnyActorLogic
  | AnyActorRef
  | AnyStateMachine
  | Observer<never>
  | AbortSignal
  | readonly unknown[]
  | ((...given: never[]) => unknown);

/** Paths of the optional properties that refuse `undefined`, also of those inside properties: `limits.maxDepth`. */
export type Refusing<T, Path extends string = ''> = T extends Whole
  ? never
  : {
      [Name in keyof T & string]-?:
        | (Pick<T, Name> extends Required<Pick<T, Name>>
            ? never
            : undefined extends Required<T>[Name]
              ? never
              : `${Path}${Name}`)
        | (Path extends `${string}.${string}.${string}.` ? never : Refusing<Inside<T[Name]>, `${Path}${Name}.`>);
    }[keyof T & string];

/** The same for all properties of `Given`, which is what callers give, by name. */
export type RefusingIn<Given> = { [Name in keyof Given & string]: Refusing<Given[Name], `${Name}.`> }[keyof Given &
  string];

type Inside<T> = T extends object ? T : never;
