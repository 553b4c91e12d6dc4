/** How gRPC finds the machines behind a name here: the addresses that were checked are those that are connected to. */
import { experimental, status } from '@grpc/grpc-js';
import { messageOf } from '../../domain/errors.ts';
import { guardedLookup } from '../own-cloud.ts';

const scheme = 'checked';

/** The form of `host:port` by which the library asks this resolver and no other. */
export function checkedTarget(place: string): string {
  return `${scheme}:${place}`;
}

class CheckedResolver implements experimental.Resolver {
  private readonly place: experimental.HostPort | null;
  private readonly listener: experimental.ResolverListener;
  /** Once is enough for a channel that lives for one probe; each failed connection would ask again, without end. */
  private lookup: object | null = null;

  constructor(target: experimental.GrpcUri, listener: experimental.ResolverListener) {
    this.place = experimental.splitHostPort(target.path);
    this.listener = listener;
  }

  updateResolution(): void {
    if (this.lookup !== null) return;
    const lookup = {};
    this.lookup = lookup;
    const { place } = this;
    guardedLookup(place?.host ?? '', { all: true }, (error, found) => {
      if (this.lookup !== lookup) return;
      const addresses = error === null && Array.isArray(found) ? found : [];
      const endpoints = addresses.map(({ address: host }) => ({
        addresses: [{ host, port: place?.port ?? 443 }],
      }));
      const result =
        error === null
          ? experimental.statusOrFromValue(endpoints)
          : experimental.statusOrFromError<typeof endpoints>({
              code: status.UNAVAILABLE,
              details: messageOf(error),
            });
      this.listener(result, {}, null, '');
    });
  }

  destroy(): void {
    this.lookup = null;
  }

  /** Also the name that a certificate must have. */
  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path;
  }
}

experimental.registerResolver(scheme, CheckedResolver);
