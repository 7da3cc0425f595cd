import { parseJid } from '../jid/index.ts';
import * as asClient from './client-login.ts';
import type { ClientSteps, CommonSteps, Conversation, ScriptSteps } from './script-steps.ts';
import type { ScriptedLine, Side } from './scripted-line.ts';
import * as asServer from './scripted-login.ts';
import type { ScriptedUsers } from './scripted-sasl2.ts';

/** Begins a server's script, or goes on after the step that is `last`. */
export function scriptSteps<TLast>(line: ScriptedLine, users: ScriptedUsers, last: Promise<TLast>): ScriptSteps<TLast> {
  const step: AddStep<TLast, 'server'> = (action) => {
    const done = last.then(action);
    return Object.assign(done, scriptSteps(line, users, done));
  };
  return {
    ...commonSteps(line, step),
    header: (attributes) => step(() => asServer.header(line, attributes)),
    features: (xml) => step(() => asServer.features(line, xml)),
    startTls: () => step(() => asServer.startTls(line)),
    secure: () => step(() => line.secure()),
    authenticate: (options = {}) =>
      step(() => asServer.authenticate(line, users, typeof options === 'string' ? { mechanism: options } : options)),
    sasl2: (options) => step(() => asServer.sasl2(line, users, options)),
    bind: (account, options) =>
      step(() => asServer.bind(line, typeof account === 'string' ? parseJid(account) : account, options)),
    login: (options) => step(() => asServer.login(line, users, options)),
  };
}

/** Begins a client's script, or goes on after the step that is `last`. */
export function clientSteps<TLast>(line: ScriptedLine, last: Promise<TLast>): ClientSteps<TLast> {
  const step: AddStep<TLast, 'client'> = (action) => {
    const done = last.then(action);
    return Object.assign(done, clientSteps(line, done));
  };
  return {
    ...commonSteps(line, step),
    header: (attributes) => step(() => asClient.header(line, attributes)),
    features: (xml) => step(() => asClient.features(line, xml)),
    startTls: () => step(() => asClient.startTls(line)),
    secure: () => step(() => asClient.secure(line)),
    authenticate: (options) => step(() => asClient.authenticate(line, options)),
    sasl2: (options) => step(() => asClient.sasl2(line, options)),
    bind: (resource) => step(() => asClient.bind(line, resource)),
    login: (options) => step(() => asClient.login(line, options)),
  };
}

/** Adds an action to a script: it gets the value of the step before it. */
type AddStep<TLast, TSide extends Side> = <T>(action: (last: TLast) => T | PromiseLike<T>) => Conversation<T, TSide>;

/** The steps that are the same for both sides. */
function commonSteps<TLast, TSide extends Side>(
  line: ScriptedLine,
  step: AddStep<TLast, TSide>,
): CommonSteps<TLast, TSide> {
  return {
    receives: (expected) => step(() => line.receive(expected)),
    awaits: (expected) => step(() => line.await(expected)),
    sends: (data) => step((last) => line.say(typeof data === 'function' ? data(last) : data)),
    close: () => step(() => line.close()),
    end: () => step(() => line.end()),
    reset: () => step(() => line.reset()),
    pause: () => step(() => line.link.pause()),
    resume: () => step(() => line.link.resume()),
    closed: () => step(() => line.rest()),
  };
}
