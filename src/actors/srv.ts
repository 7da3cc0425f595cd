/** A service record (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Records of one service, with what it means to connect to them. */
export interface SrvTarget extends SrvRecord {
  readonly security: 'starttls' | 'direct-tls';
}

/**
 * Orders records of all services together (XEP-0368 §3): lowest priority first; within a priority at random, in proportion
 * to the weights (RFC 2782, "Usage rules"). `random` gives numbers of at least 0 and below 1.
 */
export function orderTargets(targets: readonly SrvTarget[], random: () => number): SrvTarget[] {
  const priorities = [...new Set(targets.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    shuffle(
      targets.filter((target) => target.priority === priority),
      random,
    ),
  );
}

/** Those of weight 0 stand first, so that they have a very small chance of being chosen before others. */
function shuffle(targets: readonly SrvTarget[], random: () => number): SrvTarget[] {
  const rest = [...targets].sort((a, b) => Math.min(a.weight, 1) - Math.min(b.weight, 1));
  const ordered: SrvTarget[] = [];
  while (rest.length > 0) {
    const total = rest.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = Math.floor(random() * (total + 1));
    let running = 0;
    const index = rest.findIndex(({ weight }) => {
      running += weight;
      return running >= chosen;
    });
    ordered.push(...rest.splice(Math.max(0, index), 1));
  }
  return ordered;
}

/** Whether a service is declared not to exist: one record with the root as its target (RFC 2782, RFC 6120 §3.2.1). */
export function isRefusal(records: readonly SrvRecord[]): boolean {
  return records.length === 1 && (records[0]?.name === '.' || records[0]?.name === '');
}
