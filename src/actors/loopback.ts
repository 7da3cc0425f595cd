/** Whether a host is this machine, where nobody listens in. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

/** Whether an address leads to this machine; a URL has brackets around IPv6 addresses. */
export function leadsToLoopback({ hostname }: URL): boolean {
  return isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);
