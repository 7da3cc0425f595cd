import { type Jid, withResource } from '../jid/index.ts';
import { createId } from '../stanza/index.ts';
import { childTextOf, type Element } from '../xml/index.ts';

/** What can be enabled along with binding a resource (XEP-0386 §3.1). */
export const BIND2_FEATURES: readonly string[] = ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0'];

/** The resource for a client that asks by Bind 2: behind its tag, unless no resource can begin so (XEP-0386 §3.2.1). */
export function resourceFor(account: Jid, bind: Element): string {
  const id = createId();
  const tag = childTextOf(bind, 'tag');
  if (!tag) return id;
  try {
    return withResource(account, `${tag}/${id}`).resourcepart ?? id;
  } catch {
    return id;
  }
}

/** What the client enables along with it, of that which it can. */
export function enabledBy({ children }: Element): readonly Element[] {
  return children
    .filter((child) => typeof child !== 'string')
    .filter(({ namespace }) => BIND2_FEATURES.includes(namespace));
}
