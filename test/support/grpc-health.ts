/** The service of grpc.health.v1 for a real gRPC server; requests and answers are bytes. */
import type { ServiceDefinition } from '@grpc/grpc-js';

const raw = (bytes: Buffer) => bytes;

export const grpcHealth: ServiceDefinition = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
};
