# syntax=docker/dockerfile:1
# The executable and just its libraries on a base without a shell; runs with --read-only --cap-drop ALL --user 65532.
#   docker build --build-arg SOURCE_COMMIT="$(git rev-parse HEAD)" --tag boxoffice .
# BASE needs nothing but a user and, for programs that ask for them, certificates: `scratch` does, too.
ARG BUILD=node:22-bookworm-slim
ARG BASE=gcr.io/distroless/static-debian12:nonroot

FROM ${BUILD} AS build
# strip, and ldd's libraries: Node links libatomic.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils libatomic1 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY package.json package-lock.json ./
COPY bin ./bin
RUN npm ci --ignore-scripts
COPY . .
ARG SOURCE_COMMIT
ENV SOURCE_COMMIT=${SOURCE_COMMIT}
RUN npm run build && npm run rootfs -- /root-fs

FROM ${BASE}
ARG SOURCE_COMMIT
ARG VERSION
LABEL org.opencontainers.image.title="boxoffice" \
      org.opencontainers.image.description="Workers on Kafka for concert reservations, one executable" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${SOURCE_COMMIT}" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /root-fs/ /
COPY --from=build /source/dist/LICENSES.txt /LICENSES.txt
USER 65532:65532
# What `docker stop` and Kubernetes send; it drains, commits, leaves its group and ends with 0.
STOPSIGNAL SIGTERM
EXPOSE 9464 8080
# PID 1 itself: it handles signals and starts no processes that somebody would have to reap.
ENTRYPOINT ["/boxoffice"]
CMD ["--help"]
