# One image for every process: the entry file is the argument.
#   docker build -t switchboard .
#   docker run switchboard services/ingress/src/main.ts
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/app-installs/package.json packages/app-installs/
COPY packages/cli/package.json packages/cli/
COPY packages/contracts/package.json packages/contracts/
COPY packages/event-log/package.json packages/event-log/
COPY packages/local-stack/package.json packages/local-stack/
COPY packages/provisioning/package.json packages/provisioning/
COPY packages/runtime/package.json packages/runtime/
COPY packages/source-kit/package.json packages/source-kit/
COPY packages/sources/package.json packages/sources/
COPY packages/validation/package.json packages/validation/
COPY packages/webhooks/package.json packages/webhooks/
COPY services/admin/package.json services/admin/
COPY services/delivery/package.json services/delivery/
COPY services/ingress/package.json services/ingress/
COPY services/normalizer/package.json services/normalizer/
# The image brings its own Node, so the one that the workspace can install is left out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --no-update-notifier

FROM node:24-bookworm-slim
# The allocator as every service has it: see packages/local-stack/src/stack/service.ts.
ENV NODE_ENV=production MALLOC_MMAP_THRESHOLD_=16384 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages packages
COPY services services
# A checkout under a strict umask is readable for its owner alone. New volumes take their owner from these folders.
RUN chmod -R a+rX packages services && mkdir -p /etc/switchboard /demo && chown node:node /etc/switchboard /demo
USER node
# As every service is run: see packages/local-stack/src/stack/service.ts.
ENTRYPOINT ["node", "--max-semi-space-size=16"]
