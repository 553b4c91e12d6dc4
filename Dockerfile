# One image for worker, API, guard and command line; the command says which: `worker`, `api`, `guard`, or any verb of sluice.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-fund --no-audit && npm cache clean --force

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Durable canary rollouts on Temporal" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
COPY package.json LICENSE ./
RUN ln -s /app/bin/sluice.mjs /usr/local/bin/sluice
# Nothing is written here or elsewhere, so the root file system may be read only.
ENV NODE_ENV=production \
    SLUICE_WORKER_HEALTH_PORT=9465
# The number, since Kubernetes cannot tell of a name whether it is root.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "bin/probe.mjs"]
ENTRYPOINT ["node", "/app/bin/container.mjs"]
CMD ["worker"]
