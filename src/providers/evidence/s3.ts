/**
 * Keeps evidence in an S3-compatible store. Each put says `If-None-Match: *`, and a store that ignores it is refused.
 */
import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client } from '@aws-sdk/client-s3';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { guardedLookup, refusedAddress } from '../own-cloud.ts';
import { placeOf, readSecret, type SecretSource } from '../secret.ts';
import type { S3Settings } from './s3-settings.ts';
import type { EvidenceStore } from './types.ts';

const connectWithinMs = 3_000;
const answerWithinMs = 20_000;
/** With what the SDK waits between them, about 2 s. */
const attempts = 4;
/** Credentials are read again after so long; the SDK wants them five minutes before they expire. */
const credentialsForMs = 360_000;
/** Writes of one key at the same moment may be told to try again. */
const maxConflicts = 10;

type Sdk = typeof import('@aws-sdk/client-s3');

export function createS3Store(settings: S3Settings): EvidenceStore {
  let opened: Promise<Bucket> | null = null;
  const bucket = async () => {
    opened ??= openBucket(settings);
    return await opened;
  };
  return {
    put: (key, content) => told(settings, async () => await (await bucket()).put(key, content)),
    get: (key) => told(settings, async () => await (await bucket()).get(key)),
    list: (prefix) => told(settings, async () => await (await bucket()).list(prefix)),
    delete: (key) => told(settings, async () => await (await bucket()).delete(key)),
    async close() {
      (await opened)?.close();
    },
  };
}

/** The SDK is large, and only who keeps evidence in S3 needs it. */
async function openBucket(settings: S3Settings): Promise<Bucket> {
  const sdk = await import('@aws-sdk/client-s3');
  const { region, endpoint, pathStyle, accessKeyId, secretAccessKey } = settings;
  const client = new sdk.S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectWithinMs,
      requestTimeout: answerWithinMs,
      httpAgent: new HttpAgent({ keepAlive: true, lookup: guardedLookup }),
      httpsAgent: new HttpsAgent({ keepAlive: true, lookup: guardedLookup }),
    },
    // Newer checksums than some compatible stores know; every file's hash is in its manifest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: () => readCredentials(accessKeyId, secretAccessKey) }),
  });
  return new Bucket(sdk, client, settings);
}

async function readCredentials(id: SecretSource, secret: SecretSource) {
  const [accessKeyId, secretAccessKey] = await Promise.all([read(id), read(secret)]);
  return { accessKeyId, secretAccessKey, expiration: new Date(Date.now() + credentialsForMs) };
}

async function read(source: SecretSource): Promise<string> {
  const value = await readSecret(source);
  if (value !== null) return value;
  throw new SluiceError(
    'evidence-unavailable',
    `A credential cannot be read: ${placeOf(source)} is missing or empty.`,
  );
}

class Bucket {
  private readonly sdk: Sdk;
  private readonly client: S3Client;
  private readonly settings: S3Settings;
  private honest: Promise<void> | null = null;

  constructor(sdk: Sdk, client: S3Client, settings: S3Settings) {
    this.sdk = sdk;
    this.client = client;
    this.settings = settings;
  }

  async put(key: string, content: Uint8Array): Promise<boolean> {
    this.honest ??= this.probe();
    try {
      await this.honest;
    } catch (error) {
      this.honest = null;
      throw error;
    }
    return await this.putNew(key, content);
  }

  async get(key: string): Promise<Buffer | null> {
    try {
      const { Body } = await this.client.send(new this.sdk.GetObjectCommand(this.at(key)));
      return Body === undefined ? Buffer.alloc(0) : Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof this.sdk.NoSuchKey) return null;
      throw error;
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const { bucket, prefix: root } = this.settings;
    const asked = { Bucket: bucket, Prefix: `${root}${prefix}` };
    const keys: string[] = [];
    for await (const page of this.sdk.paginateListObjectsV2({ client: this.client }, asked)) {
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(root.length));
    }
    return keys.sort();
  }

  async delete(key: string): Promise<void> {
    await this.client.send(new this.sdk.DeleteObjectCommand(this.at(key)));
  }

  close(): void {
    this.client.destroy();
  }

  /** A store that lets the second of two puts through would overwrite evidence one day. */
  private async probe(): Promise<void> {
    const key = `probe/${randomUUID()}`;
    await this.putNew(key, Buffer.from('1'));
    const replaced = await this.putNew(key, Buffer.from('2'));
    await this.delete(key);
    if (!replaced) return;
    throw new SluiceError(
      'evidence-unavailable',
      'The store ignores `If-None-Match: *`, so it could overwrite evidence.',
    );
  }

  private async putNew(key: string, content: Uint8Array): Promise<boolean> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        const asked = { ...this.at(key), Body: content, IfNoneMatch: '*' };
        await this.client.send(new this.sdk.PutObjectCommand(asked));
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 412) return false;
        if (status !== 409 || conflicts >= maxConflicts) throw error;
      }
    }
  }

  private at(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.settings;
    return { Bucket: bucket, Key: `${prefix}${key}` };
  }
}

async function told<T>(settings: S3Settings, work: () => Promise<T>): Promise<T> {
  const { endpoint, bucket } = settings;
  try {
    const refusal = endpoint === undefined ? null : refusedAddress(new URL(endpoint).hostname);
    if (refusal !== null) throw new Error(refusal);
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const where = endpoint === undefined ? '' : ` at ${new URL(endpoint).host}`;
    const what = `The bucket ${bucket}${where} does not serve: ${reasonOf(error)}`;
    throw new SluiceError('evidence-unavailable', what, { cause: error });
  }
}

/** What the SDK says first, then what it found; either may be empty. */
function reasonOf(error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name} ` : '';
  return `${name}${messageOf(error)}`.trim() || 'no reason was given';
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}
