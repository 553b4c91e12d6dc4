/** Certificates for tests, made by openssl in a folder that the test removes: an authority, a server and a client. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** Path of the authority's certificate; it has signed both others. */
  readonly ca: string;
  /** Good for 127.0.0.1. */
  readonly server: KeyPair;
  readonly client: KeyPair;
}

/** Paths of PEM files in `folder`; several sets go in folders of their own. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...curve, '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  const signed = async (name: string): Promise<KeyPair> => {
    await openssl(
      'req',
      ...curve.slice(0, -2),
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    await writeFile(join(folder, `${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    await openssl('x509', '-req', ...files, ...authority, '-days', '2');
    return { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  };
  const server = await signed('server');
  return { ca: join(folder, 'ca.pem'), server, client: await signed('client') };
}
