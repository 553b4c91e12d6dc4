/** Names of hosts: a Service may be called by its name alone, with its namespace, or in full. */

/** `web`, `web.shop`, `web.shop.svc` and `web.shop.svc.cluster.local` are one host in the namespace `shop`. */
export function sameHost(a: string, b: string, namespace: string): boolean {
  return whole(a, namespace) === whole(b, namespace);
}

/** `name` in the form in which `like` is written; a name that says its namespace is taken as it is. */
export function hostLike(like: string, name: string): string {
  if (name.includes('.')) return name;
  const dot = like.indexOf('.');
  return dot < 0 ? name : `${name}${like.slice(dot)}`;
}

function whole(host: string, namespace: string): string {
  const parts = host.toLowerCase().split('.');
  const [name = '', inside = namespace, svc = 'svc', ...domain] = parts;
  // Names outside the cluster stay as they are, but two labels are a Service and its namespace.
  if (svc !== 'svc') return parts.join('.');
  return [name, inside, 'svc', ...(domain.length > 0 ? domain : ['cluster', 'local'])].join('.');
}
